create or replace function billing.list_drains_in_doubt()
returns table (stage text, drains bigint, oldest_age_s double precision)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_drains_in_doubt()
--
--   Drains that have not ended everywhere, as far as this node has a part in
--   them. Recovery ends each within seconds while nodes answer. For metrics.
--
-- Returns, a row a stage, with 0 when there is none
--   stage         undecided  attempts of this node, pending past their deadline
--                 untold     decided here, and a donor has not heard
--                 reserved   money is held here for a drain past its deadline
--   oldest_age_s  since the deadline; of untold ones since the attempt began
-- ---------------------------------------------------------------------------
    select 'undecided', count(*), coalesce(extract(epoch from clock_timestamp() - min(a.deadline_at)), 0)::double precision
      from pay_out_attempts a
     where a.state = 'pending' and a.deadline_at < clock_timestamp()
    union all
    select 'untold', count(*), coalesce(extract(epoch from clock_timestamp() - min(a.started_at)), 0)::double precision
      from pay_out_attempts a
     where a.untold_nodes <> '{}' and a.state <> 'pending'
    union all
    select 'reserved', count(distinct r.attempt_id),
           coalesce(extract(epoch from clock_timestamp() - min(r.deadline_at)), 0)::double precision
      from reservations r
     where r.state = 'reserved' and r.deadline_at < clock_timestamp();
$$;
