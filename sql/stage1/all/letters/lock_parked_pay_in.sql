create or replace function billing.lock_parked_pay_in(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer,
    in_tenants      text[]
)
returns billing.parked_pay_ins
language sql
set search_path = billing, pg_temp
as $$
-- Internal: the parked pay-in of that name, locked; null when there is none (any more).
    select p.* from parked_pay_ins p
     where p.topic = in_topic and p.partition_id = in_partition and p.message_offset = in_offset
       and p.incarnation = coalesce(in_incarnation, 1) and (in_tenants is null or p.tenant = any (in_tenants))
       for update;
$$;
