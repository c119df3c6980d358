create or replace function billing.count_parked_pay_ins()
returns table (parked bigint, oldest_age_s double precision)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- How many pay-ins of this node are parked, and for how long the oldest; 0 when there is none. For metrics.
    select count(*), coalesce(extract(epoch from clock_timestamp() - min(p.parked_at)), 0)::double precision
      from parked_pay_ins p;
$$;
