create or replace function billing.list_lock_holders(in_wait_min interval)
returns table (
    holder_pid         integer,
    role               text,
    application        text,
    state              text,
    query_age_s        double precision,
    transaction_age_s  double precision,
    waiting            integer,
    waiting_roles      text[],
    longest_wait_s     double precision
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_lock_holders(1)
--
--   Who keeps others of this database waiting for a lock, be it a session that
--   somebody forgot. Sessions that wait themselves are left out: whoever is at
--   the beginning of the chain is meant. No text of a query is told: it may hold
--   what clients sent.
--
-- Parameters
--   in_wait_min  waits shorter than this are everyday life
--
-- Returns, a row a holder
--   holder_pid         0: a prepared transaction, which has no process
--   role               of the database, or what kind of process it is
--   application        as the session calls itself
--   state              as pg_stat_activity has it, or prepared
--   query_age_s        since its last query began
--   transaction_age_s  since its transaction began
--   waiting            how many wait for it, directly or behind others
--   waiting_roles      as whom
--   longest_wait_s     of them
-- Locks    none; pg_blocking_pids stops the lock manager for a moment, and so is asked about 200
--          sessions at most, and only when one has waited long
-- ---------------------------------------------------------------------------
#variable_conflict use_column
begin
    if not exists (select from pg_stat_activity a
                    where a.datname = current_database() and a.wait_event_type = 'Lock'
                      and clock_timestamp() - a.query_start >= in_wait_min) then
        return;
    end if;
    return query
    with recursive waits as materialized (
        select a.pid, coalesce(a.usename::text, a.backend_type) as role,
               clock_timestamp() - coalesce(l.since, a.query_start) as waited
          from pg_stat_activity a
          left join (select w.pid, min(w.waitstart) as since from pg_locks w where not w.granted group by w.pid) l
                 on l.pid = a.pid
         where a.datname = current_database() and a.wait_event_type = 'Lock'
         order by waited desc nulls last
         limit 200
    ), pairs as materialized (
        select w.pid, b.pid as blocked_by from waits w cross join unnest(pg_blocking_pids(w.pid)) b (pid)
    ), reach as (
        select p.pid, p.blocked_by from pairs p join waits w on w.pid = p.pid and w.waited >= in_wait_min
         union
        select r.pid, p.blocked_by from reach r join pairs p on p.pid = r.blocked_by
    )
    select r.blocked_by,
           coalesce(h.usename::text, h.backend_type, 'prepared transaction'),
           coalesce(h.application_name, ''),
           case when r.blocked_by = 0 then 'prepared' else coalesce(h.state, 'unknown') end,
           extract(epoch from clock_timestamp() - h.query_start)::double precision,
           extract(epoch from clock_timestamp() - h.xact_start)::double precision,
           count(distinct r.pid)::integer,
           array_agg(distinct w.role),
           extract(epoch from max(w.waited))::double precision
      from reach r
      join waits w on w.pid = r.pid
      left join pg_stat_activity h on h.pid = r.blocked_by
     where not exists (select from pairs p where p.pid = r.blocked_by)
     group by r.blocked_by, h.usename, h.backend_type, h.application_name, h.state, h.query_start, h.xact_start
     order by max(w.waited) desc;
end;
$$;
