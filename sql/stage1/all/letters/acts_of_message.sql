create or replace function billing.acts_of_message(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer
)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what operators did with a message, oldest first:
-- [{act, result, client_id, acted_at, note, command_id}]
    select coalesce(jsonb_agg(jsonb_build_object('act', a.act, 'result', a.result, 'client_id', a.client_id,
               'acted_at', a.acted_at, 'note', a.note, 'command_id', a.command_id) order by a.id), '[]')
      from dead_letter_acts a
     where a.topic = in_topic and a.partition_id = in_partition and a.message_offset = in_offset
       and a.incarnation = in_incarnation;
$$;
