create or replace function billing.count_dead_letters()
returns table (reason text, letters bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_dead_letters()
--
--   How many dead letters of this node wait for an operator. For metrics and lists.
--
-- Returns   a row a reason, those without a letter too: a series that begins
--           with its first letter would hide it from "increase"
-- ---------------------------------------------------------------------------
    select r.reason::text, count(d.topic)
      from unnest(enum_range(null::dead_letter_reason)) as r (reason)
      left join dead_letters d on d.reason = r.reason and d.state = 'open'
     group by r.reason
     order by r.reason;
$$;
