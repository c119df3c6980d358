create or replace function billing.is_wanted(in_message billing.parked_pay_ins)
returns boolean
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: whether it is an operator's act that parked it, which wants it credited.
    select exists (select from dead_letters d
                    where d.topic = in_message.topic and d.partition_id = in_message.partition_id
                      and d.message_offset = in_message.message_offset and d.incarnation = in_message.incarnation
                      and d.state in ('replayed', 'corrected'));
$$;
