create or replace function billing.replication_status()
returns table (
    peer_node_id         integer,
    subscription_status  text,
    beat_at              timestamptz,
    replay_lag_ms        bigint,
    slot_active          boolean,
    slot_wal_bytes       bigint,
    slot_lost            boolean
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.replication_status()
--
--   How replication stands between this node and each other node, as far as
--   this node can see. Whether a peer answers at all is for the caller to find
--   out (billing.probe_node): a subscription that is down while its provider
--   answers wants billing.restart_subscription.
--
-- Returns, a row a peer in node_config
--   subscription_status  of this node to the peer: replicating, initializing,
--                        down, disabled, unknown, or missing when there is none
--   beat_at              the peer's last heartbeat that has arrived here: the
--                        "as of" of everything known of that node, by its own clock
--   replay_lag_ms        age of that heartbeat: by the peer's clock, as far as
--                        billing.probe_node has measured it, else as if it were ours
--   slot_active          the peer is streaming from this node now; null: no slot
--   slot_wal_bytes       WAL kept here for the peer
--   slot_lost            the peer fell behind max_slot_wal_keep_size: nothing
--                        brings this slot back, the peer needs a new copy
--
--   In PL/pgSQL for its plan, which a session keeps: planning took longer than
--   running, and coordinators ask each second.
-- ---------------------------------------------------------------------------
begin
    return query
    select n.node_id,
           coalesce(s.status, 'missing'),
           h.beat_at,
           (extract(epoch from clock_timestamp() - h.beat_at) * 1000 + coalesce(c.skew_ms, 0))::bigint,
           r.active,
           pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(r.confirmed_flush_lsn, r.restart_lsn))::bigint,
           r.wal_status = 'lost'
      from node_config n
      left join pglogical.show_subscription_status() s
             on s.subscription_name = subscription_name(n.node_id, local_node_id())
      left join node_heartbeats h on h.node_id = n.node_id
      left join node_clocks c on c.node_id = n.node_id
      left join pg_replication_slots r
             on r.slot_name = pglogical.pglogical_gen_slot_name(
                    current_database()::name, format('node%s', local_node_id())::name,
                    subscription_name(local_node_id(), n.node_id))
     where n.node_id <> local_node_id()
     order by n.node_id;
end;
$$;
