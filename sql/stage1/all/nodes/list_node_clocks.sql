create or replace function billing.list_node_clocks()
returns table (peer_node_id integer, skew_ms double precision, error_ms double precision)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_node_clocks()
--
--   How far the clocks of the other nodes are from this node's, as
--   billing.probe_node has measured it lately. For metrics and the console.
--
-- Returns, a row a peer in node_config; nulls: it has not answered for a minute
--   skew_ms   how far it is ahead; below zero: behind
--   error_ms  by how much that may be wrong
-- ---------------------------------------------------------------------------
    select n.node_id, c.skew_ms, c.error_ms
      from node_config n
      left join node_clocks c on c.node_id = n.node_id
            and c.measured_at between clock_timestamp() - interval '1 minute' and clock_timestamp() + interval '1 minute'
     where n.node_id <> local_node_id()
     order by n.node_id;
$$;
