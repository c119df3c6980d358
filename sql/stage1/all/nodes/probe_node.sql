create or replace function billing.probe_node(in_node_id integer, in_timeout_ms integer)
returns boolean
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.probe_node(2)
--
--   Whether another node answers now, whatever its breaker says; an answer closes
--   the breaker. And what its clock shows: between two readings of this node's
--   clock, so it is known to half of the time between them. The best measure of
--   the last seconds is kept; one that the kept one rules out takes its place,
--   for then a clock was set.
--
-- Returns   true: it answered
-- Writes    node_breakers, node_clocks
-- Raises    GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    keep_for  constant interval := '10 seconds';
    sent_at   constant timestamptz := clock_timestamp();
    came_at   timestamptz;
    asked     record;
    trip_ms   double precision;
    ahead_ms  double precision;
begin
    asked := ask_node(in_node_id, 'select extract(epoch from clock_timestamp())::text', in_timeout_ms, true);
    came_at := clock_timestamp();
    if asked.status <> 'answered' then
        return false;
    end if;
    trip_ms := extract(epoch from came_at - sent_at) * 1000;
    ahead_ms := (asked.answer::numeric - extract(epoch from sent_at)) * 1000 - trip_ms / 2;
    insert into node_clocks as c (node_id, skew_ms, error_ms, measured_at)
    values (in_node_id, ahead_ms, abs(trip_ms) / 2, came_at)
    on conflict on constraint node_clocks_pkey do update
       set skew_ms = excluded.skew_ms, error_ms = excluded.error_ms, measured_at = excluded.measured_at
     where excluded.error_ms <= c.error_ms
        or abs(excluded.skew_ms - c.skew_ms) > excluded.error_ms + c.error_ms
        or abs(extract(epoch from excluded.measured_at - c.measured_at)) > extract(epoch from keep_for);
    return true;
end;
$$;
