create or replace function billing.count_parked_pay_ins()
returns table (parked bigint, oldest_age_s double precision)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- How many pay-ins of this node are parked, and for how long the oldest of those whose account is not frozen: nobody is to look after
-- what waits by somebody's word. 0 when there is none. For metrics.
    select count(*), coalesce(extract(epoch from clock_timestamp() - min(p.parked_at) filter (where not exists (
               select from accounts a where a.id = p.account_id and a.credits_frozen))), 0)::double precision
      from parked_pay_ins p;
$$;
