create or replace function billing.unpack_batches(
    in_limit           integer,
    in_keys_kept       interval default '30 days',
    out unpacked       integer,
    out oldest_age_ms  integer
)
language plpgsql
security definer
set search_path = billing, pg_temp
set session_replication_role = replica
as $$
-- ---------------------------------------------------------------------------
-- billing.unpack_batches(2)
--
--   Makes entries that have arrived packed rows of transaction_log, set-wise, the
--   oldest first: whoever reads them finds each either here or there, and once
--   (billing.entries). That they have come is kept. As replica: the rows are other
--   nodes', which the guards refuse, and which have been judged there. Keys that this
--   node has paid under, too, and commands that it has credited are found then
--   (billing.note_duplicates, billing.note_duplicate_pay_ins).
--
-- Parameters
--   in_limit      about so many entries; a batch is not cut
--   in_keys_kept  how long keys are remembered
-- Returns
--   unpacked       batches; 0: there are none, or another session has them
--   oldest_age_ms  since the oldest that is still packed arrived; null: none is
-- Locks     rows of arrived_batches (skip locked), row of arrived_positions
-- Writes    arrived_batches, transaction_log, arrived_positions, duplicate_pay_outs, duplicate_pay_ins
-- ---------------------------------------------------------------------------
declare
    keys     uuid[];
    commands uuid[];
begin
    with oldest as (
        select a.node_id, a.id, a.arrived_at, a.entry_count from arrived_batches a order by a.arrived_at limit in_limit
    ), chosen as (
        select o.node_id, o.id
          from (select o.*, sum(o.entry_count) over (order by o.arrived_at, o.node_id, o.id) - o.entry_count as before
                  from oldest o) o
         where o.before < in_limit
    ), held as materialized (
        select a.node_id, a.id from arrived_batches a join chosen using (node_id, id) for update of a skip locked
    ), taken as (
        delete from arrived_batches a using held h where a.node_id = h.node_id and a.id = h.id returning a.*
    ), inserted as (
        insert into transaction_log (id, account_id, amount_minor, created_at, operation_id, node_id, operation_type, reference)
        select e.id, e.account_id, e.amount_minor, t.created_at, e.operation_id, t.node_id, t.operation_type, e.reference
          from taken t
         cross join lateral unnest(t.entry_ids, t.account_ids, t.amounts_minor, t.operation_ids, t.entry_references)
               as e (id, account_id, amount_minor, operation_id, reference)
        -- One that is there, by somebody's hand or from before its node came back from a copy, holds up nobody: the audit of
        -- copies says what differs.
        on conflict (node_id, id) do nothing
    ), kept as (
        insert into arrived_positions as p (node_id, batch_ids)
        select t.node_id, range_agg(int8range(t.id, t.id, '[]')) from taken t group by t.node_id order by t.node_id
        on conflict (node_id) do update set batch_ids = still_listed(p.node_id, p.batch_ids + excluded.batch_ids)
    )
    select count(*), (select array_agg(h) from taken t, unnest(t.key_hashes) h),
           (select array_agg(o) from taken t, unnest(t.operation_ids) o where t.operation_type = 'pay_in')
      into unpacked, keys, commands
      from taken;
    perform note_duplicates(keys, in_keys_kept) where keys is not null;
    perform note_duplicate_pay_ins(commands) where commands is not null;
    oldest_age_ms := (select least(greatest(extract(epoch from clock_timestamp() - min(a.arrived_at)) * 1000, 0), 2147483647)
                        from arrived_batches a);
end;
$$;

create or replace function billing.still_listed(in_node_id integer, in_batch_ids int8multirange)
returns int8multirange
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: numbers that have come, without those below which the node's heartbeat says that all have come that ever will. While a
-- transaction there keeps it from saying so, the highest ranges at most: a position below them counts as awaited.
declare
    ranges_max constant integer := 4000;
    ended constant bigint := coalesce((select h.ended_batch_id from node_heartbeats h where h.node_id = in_node_id), 0);
    listed int8multirange := in_batch_ids - int8multirange(int8range(null, ended, '[]'));
begin
    if (select count(*) from unnest(listed)) > ranges_max then
        listed := (select range_agg(r.ids) from (select u.ids from unnest(listed) as u (ids) order by u.ids desc limit ranges_max) r);
    end if;
    return listed;
end;
$$;
