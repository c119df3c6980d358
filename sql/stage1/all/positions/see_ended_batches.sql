create or replace function billing.see_ended_batches(
    in_before           billing.node_heartbeats,
    out ended_batch_id  bigint,
    out seen_batch_id   bigint,
    out seen_writers    text[]
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.see_ended_batches(1)
--
--   Up to which number every transaction of this node that has taken one has ended,
--   so that what has not been sent by now will never be: rolled back, or used for
--   nothing. By the locks that nextval leaves on the sequence until its transaction's
--   end: first the last number is read, then who holds one; once each of these has
--   ended, that number is it. No clock, no time limit: one transaction that stays
--   open keeps it where it is. A quiet node looks at no lock.
--
-- Parameters
--   in_before  this node's heartbeat as the last call left it; null: the first
-- Returns
--   ended_batch_id  never falls
--   seen_batch_id, seen_writers  a last number that was read, and whose end it
--                   waits for; for the next call
-- ---------------------------------------------------------------------------
declare
    last_id  constant bigint := (select case when s.is_called then s.last_value else s.last_value - 1 end from batch_id_seq s);
    writers  text[] := '{}';
begin
    ended_batch_id := coalesce(in_before.ended_batch_id, 0);
    if last_id > ended_batch_id then
        -- After the number: who has taken one up to it and is not here has ended. Its commit stands before this one's.
        writers := array(select l.virtualtransaction from pg_locks l
                          where l.relation = 'batch_id_seq'::regclass and l.mode = 'RowExclusiveLock' and l.granted
                            and l.pid is distinct from pg_backend_pid());
        if writers = '{}' then
            ended_batch_id := last_id;
        elsif in_before.seen_writers <> '{}' and writers && in_before.seen_writers then
            seen_batch_id := in_before.seen_batch_id;
            seen_writers := array(select w from unnest(writers) w where w = any (in_before.seen_writers));
            return;
        else
            ended_batch_id := greatest(ended_batch_id, in_before.seen_batch_id);
        end if;
    end if;
    seen_batch_id := last_id;
    seen_writers := writers;
end;
$$;
