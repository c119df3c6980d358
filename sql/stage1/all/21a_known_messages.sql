-- What is known here of a message that comes: at its place, by its command id, by an operator's word.
set role billing_owner;
create or replace function billing.find_place(
    in_topic      text,
    in_partition  integer,
    in_offset     bigint,
    in_key        bytea,
    in_value      bytea
)
returns table (is_known boolean, last_incarnation integer)
language sql
stable
as $$
-- Internal: what is kept of an offset, parked or dead: whether these very bytes are, and the highest
-- incarnation that has it, 0 when none has. Names are whole, for a search_path of its own would keep it
-- from being inlined: 20 µs a message instead of 3.
    select coalesce(bool_or(k.message_key is not distinct from in_key
                            and k.message_value is not distinct from in_value), false),
           coalesce(max(k.incarnation), 0)
      from (select d.incarnation, d.message_key, d.message_value from billing.dead_letters d
             where d.topic = in_topic and d.partition_id = in_partition and d.message_offset = in_offset
            union all
            select p.incarnation, p.message_key, p.message_value from billing.parked_pay_ins p
             where p.topic = in_topic and p.partition_id = in_partition and p.message_offset = in_offset) k;
$$;

create or replace function billing.first_without_outcome(
    in_topic        text,
    in_partition    integer,
    in_from_offset  bigint,
    in_offsets      bigint[],
    in_command_ids  uuid[],
    in_payload      bytea,
    in_key_sizes    integer[],
    in_value_sizes  integer[]
)
returns bigint
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the first of these messages, from an offset on, that was neither applied, parked nor
-- buried here; null when all have an outcome. One without a command id is known by its bytes.
    select m.message_offset
      from (select u.*, 1 + sum(greatest(u.key_size, 0) + greatest(u.value_size, 0)) over (order by u.index)
                          - greatest(u.key_size, 0) - greatest(u.value_size, 0) as key_start
              from unnest(in_offsets, in_command_ids, in_key_sizes, in_value_sizes)
                   with ordinality as u (message_offset, command_id, key_size, value_size, index)) m
     where m.message_offset >= in_from_offset
       and not exists (select from transaction_log l
                        where l.operation_id = m.command_id and l.node_id = local_node_id()
                          and l.operation_type = 'pay_in')
       and not exists (select from parked_pay_ins p where p.command_id = m.command_id)
       and not exists (select from dead_letters d where d.command_id = m.command_id)
       and (m.command_id is not null or not exists (
                select from find_place(in_topic, in_partition, m.message_offset,
                    case when m.key_size >= 0 then substr(in_payload, m.key_start::integer, m.key_size) end,
                    case when m.value_size >= 0 then substr(in_payload,
                         (m.key_start + greatest(m.key_size, 0))::integer, m.value_size) end) p where p.is_known))
     order by m.message_offset
     limit 1;
$$;

create or replace function billing.withhold_discarded(in_command_ids uuid[], in_amounts_minor bigint[])
returns bigint[]
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the amounts of a batch, null where an operator has discarded the command id. A look at the
-- partial index for each id, so that it costs 2 to 8 ms for 8,000, however many are discarded.
declare
    discarded uuid[] := array(select c from unnest(in_command_ids) c
                               where exists (select from dead_letters d where d.command_id = c and d.state = 'discarded'));
begin
    if cardinality(discarded) = 0 then
        return in_amounts_minor;
    end if;
    return array(select case when m.command_id <> all (discarded) then m.amount_minor end
                   from unnest(in_command_ids, in_amounts_minor) with ordinality as m (command_id, amount_minor, index)
                  order by m.index);
end;
$$;

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
reset role;
