create or replace function billing.count_dead_letters(in_tenants text[] default '{default}')
returns table (reason text, letters bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_dead_letters(1)
--
--   How many dead letters of this node wait for an operator. For metrics and lists.
--
-- Parameters
--   in_tenants  whose the caller may see; null: all, for metrics
-- Returns   a row a reason, those without a letter too: a series that begins
--           with its first letter would hide it from "increase"
-- ---------------------------------------------------------------------------
    select r.reason::text, count(d.topic)
      from unnest(enum_range(null::dead_letter_reason)) as r (reason)
      left join dead_letters d on d.reason = r.reason and d.state = 'open'
           and (in_tenants is null or d.tenant = any (in_tenants))
     group by r.reason
     order by r.reason;
$$;
