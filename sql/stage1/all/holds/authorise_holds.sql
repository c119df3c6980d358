create or replace function billing.authorise_holds(in_requests jsonb, in_may_drain boolean default false)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.authorise_holds(2)
--
--   Many holds in one call, whose keys have their home here (docs/holds.md): what
--   this node's part covers is held from the commit on; what it does not may begin a
--   drain, whose decision has it held. Called by the coordinator here, and as
--   billing_peer for what others were asked for.
--
-- Parameters
--   in_requests   an array of {tenant, client_id, key, fingerprint (hex), account_id,
--                 amount_minor, currency, deadline_ms, held_for_ms, reference,
--                 metadata (text), may_drain: false where not now}; numbers as decimal
--                 strings. A key once
--   in_may_drain  not heard from other nodes: see billing.execute_hold
-- Returns   for each, in their order, a row as of billing.pay_out: {ordinal, status,
--           pay_out_id: the hold's, created_at, local_minor, attempt, known, position,
--           ends_at: of committed}; its first status that holds; committed: it is open, from this part alone;
--           known of replayed is billing.describe_hold
-- Locks     keys of pay_outs in order of their hashes, rows of pay_outs, rows of
--           account_balances in account order
-- Writes    pay_outs, holds, hold_parts, transaction_log (reserve), account_balances,
--           batches; what billing.start_attempt writes
-- Raises    40P01, 55P03: again; 42883 the upgrade to this version is not complete
-- ---------------------------------------------------------------------------
declare
    moment    constant timestamptz := clock_timestamp();
    may_drain constant boolean := in_may_drain and caller_node_id() = local_node_id();
    asked     constant hold_request[] := read_hold_requests(in_requests, moment);
    requests  hold_request[];
    statuses  text[];
    lefts     bigint[];
    place     text;
    finished  jsonb[] := array_fill(null::jsonb, array[cardinality(asked)]);   -- of all but those that are new and committed
    request   hold_request;
begin
    perform require_upgraded('holds');
    requests := judge_hold_keys(asked, moment);
    select s.statuses, s.lefts into statuses, lefts from spend_on_holds(requests, may_drain) s;
    place := open_covered_holds(array(select r from unnest(requests) r where statuses[r.i] = 'committed' and r.id = asked[r.i].id),
                                array(select r.id from unnest(requests) r where statuses[r.i] = 'committed' and r.id <> asked[r.i].id),
                                moment);
    -- Put down as held by judge_hold_keys, and not: one that was tried before is none of these.
    if array_position(statuses, 'short') is not null or array_position(statuses, 'account_frozen') is not null then
        delete from pay_outs p using unnest(requests) r
         where statuses[r.i] in ('short', 'account_frozen') and p.id = r.id and p.status = 'held';
    end if;
    for request in select r.* from unnest(requests) r where statuses[r.i] <> 'committed' or r.id <> asked[r.i].id order by r.i loop
        request.status := statuses[request.i];
        finished[request.i] := finish_hold_request(request, place, moment);
    end loop;
    return (select jsonb_agg(coalesce(finished[r.i] || jsonb_build_object('ordinal', r.i, 'local_minor', lefts[r.i]::text), jsonb_build_object(
                       'ordinal', r.i, 'local_minor', null, 'status', 'committed', 'attempt', null, 'known', null, 'pay_out_id', r.id,
                       'created_at', moment, 'ends_at', moment + make_interval(secs => r.held_for_ms / 1000.0), 'position', place)) order by r.i)
              from unnest(requests) r);
end;
$$;

create or replace function billing.spend_on_holds(
    in_requests   billing.hold_request[],
    in_may_drain  boolean,
    out statuses  text[],
    out lefts     bigint[]
)
language plpgsql
set search_path = billing, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
-- Internal: of billing.authorise_holds, what becomes of requests that nothing is against, in account order and within an account in
-- order of arrival, by arithmetic alone; and what is left of those that are short. Locks rows of account_balances in account order.
declare
    self         constant integer := local_node_id();
    locked_ids   bigint[];
    locked_minor bigint[];
    locked_frozen boolean[];
    l         integer := 1;
    account   bigint;
    remains   bigint;
    is_frozen boolean;
    is_draining boolean;
    request   record;
begin
    select array_agg(r.status order by r.i), array_agg(null::bigint) into statuses, lefts from unnest(in_requests) r;
    select coalesce(array_agg(b.account_id), '{}'), array_agg(b.balance_minor), array_agg(b.is_frozen)
      into locked_ids, locked_minor, locked_frozen
      from (select b.account_id, b.balance_minor, b.is_frozen from account_balances b
             where b.node_id = self and b.account_id in (select r.account_id from unnest(in_requests) r where r.status is null)
             order by b.account_id for update) b;
    -- Merged by hand, as in billing.pay_out.
    for request in select r.i, r.account_id, r.amount_minor, r.may_drain from unnest(in_requests) r where r.status is null order by r.account_id, r.i loop
        if account is distinct from request.account_id then
            account := request.account_id;
            while locked_ids[l] < account loop
                l := l + 1;
            end loop;
            remains := case when locked_ids[l] = account then locked_minor[l] else 0 end;
            is_draining := false;
            is_frozen := locked_ids[l] = account and locked_frozen[l];
            if is_frozen then
                -- Perhaps since its row was read: it is read again, behind the lock.
                select a.debits_frozen into is_frozen from accounts a where a.id = account;
            end if;
        end if;
        if is_frozen then
            statuses[request.i] := 'account_frozen';
        elsif request.amount_minor <= remains then
            remains := remains - request.amount_minor;
            statuses[request.i] := 'committed';
        elsif in_may_drain and request.may_drain and not is_draining then
            is_draining := true;
            remains := 0;           -- the drain sets all of it aside
            statuses[request.i] := 'begun';
        else
            statuses[request.i] := 'short';
            lefts[request.i] := remains;
        end if;
    end loop;
end;
$$;

create or replace function billing.read_hold_requests(in_requests jsonb, in_moment timestamptz)
returns billing.hold_request[]
language plpgsql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: the requests of billing.authorise_holds, in their order, each under a new id of that moment.
begin
    return array(
        select row(r.i, r.tenant, r.client_id, r.key, decode(r.fingerprint, 'hex'), r.account_id, r.amount_minor, r.currency,
                   r.deadline_ms, r.held_for_ms, r.reference, r.metadata, coalesce(r.may_drain, true),
                   key_hash(r.tenant, r.client_id, r.key), new_pay_out_id(1, in_moment), null)::hold_request
          from rows from (jsonb_to_recordset(in_requests)
                   as (tenant text, client_id text, key text, fingerprint text, account_id bigint, amount_minor bigint, currency text,
                       deadline_ms integer, held_for_ms bigint, reference text, metadata text, may_drain boolean))
               with ordinality r (tenant, client_id, key, fingerprint, account_id, amount_minor, currency, deadline_ms, held_for_ms,
                                  reference, metadata, may_drain, i)
         order by r.i);
end;
$$;

create or replace function billing.finish_hold_request(in_request billing.hold_request, in_position text, in_moment timestamptz)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: what billing.authorise_holds says of a request that it has judged; of one that is begun, after its drain was. Writes
-- pay_outs, batches; what billing.start_attempt writes.
declare
    known   jsonb;
    begun   pay_outs;
    attempt jsonb;
begin
    case in_request.status
        when 'begun' then
            update pay_outs p
               set status = 'pending', rejection = null, decided_at = null, taken_nodes = null, taken_minor = null,
                   deadline_at = in_moment + make_interval(secs => in_request.deadline_ms / 1000.0)
             where p.id = in_request.id returning * into begun;
            attempt := start_attempt(begun, false);
            perform tell_key(begun);
        when 'replayed' then
            known := describe_hold(in_request.id);
        when 'currency_mismatch' then
            known := (select jsonb_build_object('currency', a.currency) from accounts a where a.id = in_request.account_id);
        else null;
    end case;
    return jsonb_build_object(
        'status', in_request.status, 'attempt', attempt, 'known', known,
        'pay_out_id', case when in_request.status in ('committed', 'begun', 'replayed', 'in_progress') then in_request.id end,
        'created_at', case when in_request.status in ('committed', 'begun') then
                           (select p.created_at from pay_outs p where p.id = in_request.id) end,
        'ends_at', case in_request.status when 'committed' then in_moment + make_interval(secs => in_request.held_for_ms / 1000.0) end,
        'position', case in_request.status when 'committed' then in_position when 'replayed' then add_donors(write_position(), in_request.id) end);
end;
$$;
