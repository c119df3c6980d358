create or replace function billing.end_holds(
    in_limit        integer,
    in_after        text,
    out ended       integer,
    out skipped     jsonb,
    out next_after  text
)
language plpgsql
security definer
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.end_holds(2)
--
--   Ends what is over by this node's clock: its own holds with its parts of them, and
--   its parts of other nodes' holds; what is left goes back into the balance. A duty
--   of the node's holder, each second, in order of their ends: what cannot be ended is
--   passed over, and keeps nothing else waiting.
--
-- Parameters
--   in_limit  at most; their accounts' rows stay locked until all of them are ended
--   in_after  '': from the beginning
-- Returns
--   ended       how many
--   skipped     an array of {hold_id, code, message}: those that raised, or met a lock
--   next_after  for the next call; null: that was all
-- Locks     of each in account order: row of holds (skips locked ones), row of
--           account_balances, the part; waits 50 ms for all of them, as pay-outs
--           of these accounts wait meanwhile, and the next second tries again
-- Writes    holds; as billing.return_part
-- ---------------------------------------------------------------------------
declare
    wait_until constant timestamptz := clock_timestamp() + interval '50 milliseconds';
    due        record;
    what       text;
    seen       integer := 0;
    last_at    timestamptz;
    last_id    uuid;
begin
    ended := 0;
    skipped := '[]';
    for due in
        select d.*, max(d.ends_at) over () as last_at from holds_over(in_after, in_limit) d order by d.account_id, d.id
    loop
        seen := seen + 1;
        if due.ends_at = due.last_at then
            last_at := due.last_at;
            last_id := greatest(last_id, due.id);
        end if;
        begin
            perform set_config('lock_timeout', greatest(1, floor(extract(epoch from wait_until - clock_timestamp()) * 1000))::text, true);
            ended := ended + end_one_hold(due.id, due.account_id, due.is_own)::integer;
        exception when others then
            get stacked diagnostics what = message_text;
            skipped := skipped || jsonb_build_object('hold_id', due.id, 'code', sqlstate, 'message', what);
        end;
    end loop;
    next_after := case when seen = in_limit then last_at::text || '/' || last_id end;
end;
$$;

create or replace function billing.holds_over(in_after text, in_limit integer)
returns table (id uuid, account_id bigint, ends_at timestamptz, is_own boolean)
language plpgsql
stable
set search_path = billing, pg_temp
set enable_seqscan = off
as $$
-- Internal: what is over by this node's clock, in order of its end, after a place that billing.end_holds has named.
declare
    self     constant integer := local_node_id();
    -- Constant, so that an index finds what is over by it.
    moment   constant timestamptz := clock_timestamp();
    after_at constant timestamptz := coalesce(nullif(split_part(in_after, '/', 1), '')::timestamptz, '-infinity');
    after_id constant uuid := after_uuid(split_part(in_after, '/', 2));
begin
    return query
    (select h.id, h.account_id, h.ends_at, true from holds h
      where h.state = 'open' and h.ends_at <= moment and (h.ends_at, h.id) > (after_at, after_id) order by h.ends_at, h.id limit in_limit)
    union all
    (select p.hold_id, p.account_id, p.ends_at, false from hold_parts p
      where p.state = 'held' and p.ends_at <= moment and p.home_node_id <> self and (p.ends_at, p.hold_id) > (after_at, after_id)
      order by p.ends_at, p.hold_id limit in_limit)
     order by 3, 1 limit in_limit;
end;
$$;

create or replace function billing.end_one_hold(in_id uuid, in_account_id bigint, in_is_own boolean)
returns boolean
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: one that billing.end_holds has found, if it is still over. Locks, writes as that. Raises as billing.return_part.
declare
    hold holds;
    part hold_parts;
begin
    if in_is_own then
        select * into hold from holds h where h.id = in_id and h.state = 'open' for update skip locked;
        return found and (end_hold_if_over(hold)).state = 'over';
    end if;
    perform from account_balances b where b.account_id = in_account_id and b.node_id = local_node_id() for update;
    select * into part from hold_parts p where p.hold_id = in_id and p.state = 'held' and p.ends_at <= clock_timestamp() for update;
    if not found then
        return false;
    end if;
    perform return_part(part, 'expired');
    return true;
end;
$$;
