create or replace function billing.list_replication_slots()
returns table (
    peer_node_id       integer,
    is_active          boolean,
    is_lost            boolean,
    unconfirmed_bytes  bigint,
    wal_bytes          bigint,
    wal_bytes_max      bigint
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_replication_slots()
--
--   What this node keeps for each other node that it replicates to. For metrics.
--
-- Returns, a row a peer in node_config; nulls: there is no slot for it
--   is_active          the peer is streaming now
--   is_lost            it fell behind the bound: the peer needs a new copy
--   unconfirmed_bytes  WAL that the peer has not confirmed: the delay in bytes
--   wal_bytes          WAL that cannot be removed because of the slot: more, as
--                      decoding begins before the oldest open transaction
--   wal_bytes_max      max_slot_wal_keep_size; null: without a bound
-- ---------------------------------------------------------------------------
    select n.node_id,
           r.active,
           r.wal_status = 'lost',
           pg_wal_lsn_diff(pg_current_wal_lsn(), r.confirmed_flush_lsn)::bigint,
           pg_wal_lsn_diff(pg_current_wal_lsn(), r.restart_lsn)::bigint,
           case when r.slot_name is not null
                then nullif(pg_size_bytes(current_setting('max_slot_wal_keep_size')), -1) end
      from node_config n
      left join pg_replication_slots r
             on r.slot_name = pglogical.pglogical_gen_slot_name(
                    current_database()::name, format('node%s', local_node_id())::name,
                    subscription_name(local_node_id(), n.node_id))
     where n.node_id <> local_node_id()
     order by n.node_id;
$$;
