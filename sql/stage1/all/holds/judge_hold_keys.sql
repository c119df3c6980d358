create or replace function billing.judge_hold_keys(in_requests billing.hold_request[], in_moment timestamptz)
returns billing.hold_request[]
language plpgsql
set search_path = billing, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
-- ---------------------------------------------------------------------------
-- billing.judge_hold_keys(2)
--
--   Internal: accounts and keys of billing.authorise_holds, as billing.pay_out judges
--   them. What is new is put down as held; whatever does not become so is mended
--   by the caller.
--
-- Returns   the requests with what is against them as their status, and the id of the
--           row under each key
-- Locks     keys of pay_outs in order of their hashes, rows of pay_outs
-- Writes    pay_outs; as billing.decide_drain
-- ---------------------------------------------------------------------------
declare
    requests hold_request[] := in_requests;
    self     constant integer := local_node_id();
    statuses text[];
    fresh    uuid[];
    i        integer;
begin
    statuses := array(
        -- What another node has told of a key, as billing.arrived_key has it: another request.
        select case when exists (select from arrived_keys k
                                  where k.key_hash = r.key_hash and k.fingerprint <> r.fingerprint
                                    and (k.deadline_at is null or k.deadline_at + untended_after() > clock_timestamp())
                                    -- A refund elsewhere, and a hold here that stands: its repeat is told.
                                    and not (k.fingerprint = 'refund'
                                             and exists (select from pay_outs p where key_hash_of(p) = r.key_hash and p.status <> 'rejected')))
                    then 'idempotency_conflict'
                    when a.id is null or a.tenant <> r.tenant then 'account_not_found'
                    when a.is_deleted then 'account_deleted'
                    when a.currency <> r.currency then 'currency_mismatch'
                    when a.debits_frozen then 'account_frozen' end
          from unnest(requests) r
          left join accounts a on a.id = r.account_id
         order by r.i);
    for i in select s.i from unnest(statuses) with ordinality as s (status, i) where s.status is not null loop
        requests[i].status := statuses[i];
    end loop;
    with inserted as (
        insert into pay_outs (id, tenant, client_id, idempotency_key, key_hash, fingerprint, account_id, amount_minor, status,
                              reference, metadata, created_at, decided_at, held_for_ms, taken_nodes, taken_minor)
        select r.id, r.tenant, r.client_id, r.key, r.key_hash, r.fingerprint, r.account_id, r.amount_minor, 'held', r.reference,
               r.metadata::json, in_moment, in_moment, r.held_for_ms, array[self], array[r.amount_minor]
          from unnest(requests) r where r.status is null order by r.key_hash
        on conflict (coalesce(key_hash, key_hash(tenant, client_id, idempotency_key))) do nothing
        returning id
    )
    select coalesce(array_agg(inserted.id), '{}') into fresh from inserted;
    if cardinality(fresh) = cardinality(requests) then
        return requests;
    end if;
    for i in select r.i from unnest(requests) r
              where r.id <> all (fresh) and coalesce(r.status, '') <> 'idempotency_conflict' order by r.key_hash loop
        requests[i] := judge_repeated_hold(requests[i], fresh, in_moment);
    end loop;
    return requests;
end;
$$;

create or replace function billing.judge_repeated_hold(in_request billing.hold_request, in_fresh uuid[], in_moment timestamptz)
returns billing.hold_request
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: a request whose key was there before the call, or whose account is refused. Of one that is tried anew the row's id.
-- Locks and writes pay_outs, and as billing.decide_drain.
declare
    request hold_request := in_request;
    seen    pay_outs;
    word    text;
begin
    select * into seen from pay_outs p where key_hash_of(p) = request.key_hash for update;
    if not found then
        -- Refused for its account; or whoever had the key was rolled back: again later.
        request.status := coalesce(request.status, 'in_progress');
        return request;
    end if;
    word := case when seen.id = any (in_fresh) then 'known' else judge_known(seen, array[request.fingerprint], request.amount_minor) end;
    case word
        when 'idempotency_conflict' then
            request.status := 'idempotency_conflict';
        when 'known' then
            request.status := case when seen.status = 'held' and seen.id <> all (in_fresh) then 'replayed' else 'in_progress' end;
            request.id := seen.id;
        when 'retry' then
            if request.status is null then
                request.id := seen.id;
                perform decide_drain(a.id, '[]', '{}', true) from pay_out_attempts a
                  where a.pay_out_id = seen.id and a.state = 'pending';
            end if;
        when 'free' then
            if request.status is null then
                update pay_outs p set idempotency_key = null, key_hash = null where p.id = seen.id;
                insert into pay_outs (id, tenant, client_id, idempotency_key, key_hash, fingerprint, account_id, amount_minor, status,
                                      reference, metadata, created_at, decided_at, held_for_ms, taken_nodes, taken_minor)
                values (request.id, request.tenant, request.client_id, request.key, request.key_hash, request.fingerprint,
                        request.account_id, request.amount_minor, 'held', request.reference, request.metadata::json, in_moment,
                        in_moment, request.held_for_ms, array[local_node_id()], array[request.amount_minor]);
            end if;
    end case;
    return request;
end;
$$;
