create or replace function billing.beat()
returns timestamptz
language sql
security definer
set search_path = billing, pg_temp
as $$
-- Touches this node's heartbeat: keeps replication awake when nothing else happens, and tells the
-- other nodes as of when they know this one. Called every second by the coordinator.
    insert into node_heartbeats as h (node_id, beat_at) values (local_node_id(), clock_timestamp())
    on conflict (node_id) do update set beat_at = excluded.beat_at
    returning beat_at;
$$;
