create or replace function billing.describe_discard(in_command_id uuid)
returns text
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what the letter of a message says whose command id was discarded; null: it was not.
    select format('command %s was discarded by an operator (dead letter %s/%s/%s%s): it is credited only if an operator replays or corrects this one',
                  in_command_id, d.topic, d.partition_id, d.message_offset,
                  case when d.incarnation > 1 then '~' || d.incarnation else '' end)
      from dead_letters d
     where d.command_id = in_command_id and d.state = 'discarded'
     order by d.resolved_at
     limit 1;
$$;
