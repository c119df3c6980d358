create or replace function billing.begin_incarnation(in_incarnation integer default null)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.begin_incarnation(1)
--
--   For whoever has restored this node from a backup, or let a standby that lacked
--   its last commits take its place: before its apps are started. From here on its
--   batches bear numbers that it never gave before, and positions of before count
--   as arrived nowhere.
--
-- Parameters
--   in_incarnation  null: the next one. One of more restores of the same backup must
--                   name one that is above all before
-- Returns   the incarnation that has begun
-- Writes    batch_id_seq, node_heartbeats
-- Raises    GB004 not above the present one, or beyond 2^19
-- ---------------------------------------------------------------------------
declare
    present constant integer := incarnation_of((select s.last_value from batch_id_seq s));
    wanted  constant integer := coalesce(in_incarnation, present + 1);
begin
    if wanted not between present + 1 and 1 << 19 then
        raise exception 'incarnation % cannot follow %', wanted, present using errcode = 'GB004';
    end if;
    perform setval('batch_id_seq', batch_id(wanted, 0));
    insert into node_heartbeats as h (node_id, beat_at, ended_batch_id) values (local_node_id(), clock_timestamp(), batch_id(wanted, 0))
    on conflict (node_id) do update
       set beat_at = excluded.beat_at, ended_batch_id = excluded.ended_batch_id, seen_batch_id = null, seen_writers = null;
    return wanted;
end;
$$;
