create or replace function billing.count_holds()
returns table (stage text, holds bigint, oldest_age_s double precision)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_holds()
--
--   Holds that have not ended, as far as this node has a part in them. For metrics.
--
-- Returns, a row a stage, with 0 when there is none
--   stage         open        of this node, and their time is not over
--                 unanswered  captures, voids and extensions of this node's holds that a
--                             node has not answered: each is asked again every second
--                 over        parts held here whose time is over: each ends within seconds
--   oldest_age_s  since it was asked for; since its time was over; of open ones 0
-- ---------------------------------------------------------------------------
    select 'open', count(*), 0::double precision from holds h where h.state = 'open'
    union all
    select 'unanswered', count(*), coalesce(extract(epoch from clock_timestamp() - min(o.created_at)), 0)::double precision
      from hold_asks a join hold_operations o on o.id = a.operation_id
     where a.answered_at is null
    union all
    select 'over', count(*), coalesce(extract(epoch from clock_timestamp() - min(p.ends_at)), 0)::double precision
      from hold_parts p
     where p.state = 'held' and p.ends_at < now();   -- stable: a condition of the index
$$;
