create or replace function billing.unpark_pay_in(in_message billing.parked_pay_ins)
returns void
language sql
set search_path = billing, pg_temp
as $$
-- Internal: it waits no longer.
    delete from parked_pay_ins p
     where p.topic = in_message.topic and p.partition_id = in_message.partition_id
       and p.message_offset = in_message.message_offset and p.incarnation = in_message.incarnation;
$$;
