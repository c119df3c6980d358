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
