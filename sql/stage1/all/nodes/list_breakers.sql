create or replace function billing.list_breakers()
returns table (peer_node_id integer, is_open boolean, failures integer)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_breakers()
--
--   The circuit breaker of each other node, as this node has it. For metrics.
--
-- Returns
--   is_open   calls to the node are spared now
--   failures  in a row; above 0 and not open: half open, the next call tries
-- ---------------------------------------------------------------------------
    select n.node_id, coalesce(b.open_until > clock_timestamp(), false), coalesce(b.failures, 0)
      from node_config n
      left join node_breakers b on b.node_id = n.node_id
     where n.node_id <> local_node_id()
     order by n.node_id;
$$;
