create or replace function billing.beat()
returns timestamptz
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- Touches this node's heartbeat: keeps replication awake when nothing else happens, tells the other nodes as of when they
-- know this one, and which of its batches can no longer come. Called every second by the coordinator.
declare
    moment constant timestamptz := clock_timestamp();
    before node_heartbeats;
    ended  record;
begin
    select * into before from node_heartbeats h where h.node_id = local_node_id();
    ended := see_ended_batches(before);
    insert into node_heartbeats as h (node_id, beat_at, ended_batch_id, seen_batch_id, seen_writers)
    values (local_node_id(), moment, ended.ended_batch_id, ended.seen_batch_id, ended.seen_writers)
    on conflict (node_id) do update
       set beat_at = excluded.beat_at, ended_batch_id = greatest(h.ended_batch_id, excluded.ended_batch_id),
           seen_batch_id = excluded.seen_batch_id, seen_writers = excluded.seen_writers;
    return moment;
end;
$$;
