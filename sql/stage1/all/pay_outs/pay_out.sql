create or replace function billing.pay_out(
    in_client_ids     text[],
    in_keys           text[],
    in_fingerprints   bytea[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[],
    in_currencies     text[],
    in_may_drain      boolean[],
    in_deadlines_ms   integer[],
    in_references     text[],
    in_metadata       text[],
    in_earlier_indexes       integer[] default null,
    in_earlier_fingerprints  bytea[]   default null,
    in_tenants        text[]           default null,
    in_charges        jsonb[]          default null,
    in_up_tos         jsonb[]          default null
)
returns table (
    ordinal      integer,
    status       text,
    pay_out_id   uuid,
    created_at   timestamptz,
    local_minor  bigint,
    attempt      jsonb,
    known        jsonb,
    "position"   text
)
language plpgsql
security definer
set search_path = billing, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.pay_out(15)
--
--   Many pay-outs in one call, judged in order of arrival per account. One that
--   this node's part covers is done; one that it does not may begin a drain.
--
-- Parameters
--   one element a request, above-zero amounts
--   in_may_drain     false: this node's part covers it, or it is short
--   in_deadlines_ms  how long a drain may take, from now
--   in_references, in_metadata  may be null; metadata is a JSON object
--   in_earlier_indexes, in_earlier_fingerprints
--                    what earlier versions of the coordinator wrote down for the
--                    same request (index from 1), where it is something else
--   in_tenants       whose key it is, and whose account it must be; null: the default tenant's
--   in_charges       of a request that charges for a service, {service_id, quantity, price, unit,
--                    amount_minor}, or {refusal}: its status where the key is new, since what was
--                    charged before stands, whatever has become of the service; null: none does
--   in_up_tos        of a request that takes what there is, up to its amount, {minimum_minor,
--                    is_local: from this node's part alone}; null: none does
-- Returns a row a request; first status that holds wins:
--   idempotency_conflict  the key came before with another fingerprint, and was not
--                         refused
--   replayed              known: the pay-out as billing.get_pay_out tells it
--   in_progress           the key's pay-out is being drained, or tried anew in this
--                         call (pay_out_id)
--                         Of these three also what another node has told of the key
--                         (billing.judge_elsewhere): without a call, as of then
--   account_not_found · account_deleted
--   currency_mismatch     known: {currency}
--   account_frozen        its debits are (docs/accounts.md)
--   (a charge's refusal)
--   committed             from this node's part alone; known, of one up to an amount: {up_to_minor,
--                         minimum_minor, amount_minor, is_exhausted, unreachable_nodes}
--   begun                 attempt: as billing.start_attempt
--   short                 not covered here (local_minor is what is left), and may
--                         not drain, or earlier requests of the account in this
--                         call begin to, and what replicas show at nodes that
--                         answer does not cover this one, too: nothing was put down,
--                         ask again later. A refused pay-out of another request
--                         loses the key all the same, and would be one of its own
--                         under a new id
--   position of committed and replayed: where it has arrived, so has the pay-out
--            (docs/positions.md). Null: of what another node has told, and while
--            this one sends no batches
--   A rejected pay-out, and a pending one that nobody has looked after since its
--   deadline, is tried anew under its id. Another request under the key of a
--   rejected one is a pay-out of its own: the key is free as after any refusal.
-- Locks     keys of pay_outs in order of their hashes, rows of pay_outs in order of
--           id, rows of account_balances in account order
-- Writes    pay_outs, transaction_log (pay_out), account_balances, batches; what
--           billing.start_attempt writes
-- Raises    40P01, 55P03: again
--
--   Longer than a screen on purpose: with the money (2, 3) in a function of its own
--   a call of one pay-out took 287 us instead of 255, one of forty 1,100 instead of
--   1,039 (best of 2,500 and 500 calls, old and new in turn).
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    n         constant integer := cardinality(in_account_ids);
    moment    constant timestamptz := clock_timestamp();
    tenants   constant text[] := coalesce(in_tenants, array_fill('default'::text, array[n]));
    new_ids   constant uuid[] := array(select new_pay_out_id(case when in_charges[i] is null then 0 else 2 end, moment) from generate_series(1, n) i);
    ids       uuid[]   := new_ids;
    hashes    uuid[];
    told      integer[];
    elsewhere jsonb[];
    statuses  text[];
    lefts     bigint[] := array_fill(null::bigint, array[n]);
    is_retry  boolean[] := array_fill(false, array[n]);
    is_alone  boolean[];  -- its key travels by itself
    paying    bigint[] := in_amounts_minor;
    fresh     uuid[];
    begun     integer[] := '{}';
    paid_id   bigint;
    paid      text;       -- positions of what this call has paid, and of what was paid before
    repeated  text;
    request   record;
    seen      pay_outs;
    locked_ids   bigint[];
    locked_minor bigint[];
    locked_frozen boolean[];
    l         integer := 1;
    account   bigint;
    remains   bigint;
    is_frozen boolean;
    frozen    integer[] := '{}';
    spare     numeric;    -- what others have for further drains of the account; null: this call has begun none
    asks      jsonb := '{}';
    told_id   bigint;
    i         integer;
begin
    if in_up_tos is not null then
        perform require_upgraded('pay-outs up to an amount');
    end if;

    -- 1. Accounts and keys. What is new is put down as committed, which most become; whatever does not
    --    is mended below. An account that is refused does not take up its key.
    select array_agg(case when a.id is null or a.tenant <> r.tenant then 'account_not_found'
                          when a.is_deleted then 'account_deleted'
                          when a.currency <> r.currency then 'currency_mismatch'
                          when a.debits_frozen then 'account_frozen'
                          else r.charge ->> 'refusal' end order by r.i),
           array_agg(r.hash order by r.i),
           array_agg(r.i) filter (where exists (select from arrived_keys k where k.key_hash = r.hash))
      into statuses, hashes, told
      from (select u.*, key_hash(u.tenant, u.client_id, u.key) as hash
              from unnest(in_account_ids, in_currencies, tenants, in_client_ids, in_keys, in_charges)
                   with ordinality as u (account_id, currency, tenant, client_id, key, charge, i) offset 0) r
      left join accounts a on a.id = r.account_id;
    if told is not null then
        select j.statuses, j.known into statuses, elsewhere
          from judge_elsewhere(told, hashes, in_fingerprints, in_earlier_indexes, in_earlier_fingerprints, tenants,
                               in_account_ids, in_amounts_minor, in_currencies, in_references, in_metadata, statuses) j;
    end if;
    with inserted as (
        insert into pay_outs (id, tenant, client_id, idempotency_key, key_hash, fingerprint, account_id, amount_minor, status,
                              reference, metadata, created_at, decided_at, charge)
        select r.id, r.tenant, r.client_id, r.key, r.hash, r.fingerprint, r.account_id, r.amount_minor, 'committed', r.reference,
               r.metadata::json, moment, moment, r.charge
          from unnest(ids, tenants, in_client_ids, in_keys, hashes, in_fingerprints, in_account_ids, in_amounts_minor,
                      in_references, in_metadata, statuses, in_charges)
            as r (id, tenant, client_id, key, hash, fingerprint, account_id, amount_minor, reference, metadata, status, charge)
         where r.status is null
         order by r.hash
        on conflict (coalesce(key_hash, key_hash(tenant, client_id, idempotency_key))) do nothing
        returning pay_outs.id
    )
    select coalesce(array_agg(inserted.id), '{}') into fresh from inserted;

    if cardinality(fresh) < n then
        select r.statuses, r.ids, r.is_retry, r.fresh into statuses, ids, is_retry, fresh
          from judge_repeats(hashes, tenants, in_client_ids, in_keys, in_fingerprints, in_account_ids, in_amounts_minor, in_references,
                             in_metadata, in_charges, in_earlier_indexes, in_earlier_fingerprints, moment, new_ids, statuses, fresh) r;
    end if;

    -- 2. Money, in account order and within an account in order of arrival. Arithmetic alone: the
    --    locked rows are changed below, each once.
    select coalesce(array_agg(l.account_id), '{}'), coalesce(array_agg(l.balance_minor), '{}'), array_agg(l.is_frozen)
      into locked_ids, locked_minor, locked_frozen
      from (select b.account_id, b.balance_minor, b.is_frozen from account_balances b
             where b.node_id = self
               and b.account_id in (select r.account_id from unnest(in_account_ids, statuses) as r (account_id, status)
                                     where r.status is null)
             order by b.account_id for update) l;
    -- Merged by hand: a join of two lists whose length no plan knows would compare each with each.
    for request in
        select r.i, r.account_id, r.amount_minor
          from unnest(in_account_ids, in_amounts_minor, statuses)
               with ordinality as r (account_id, amount_minor, status, i)
         where r.status is null
         order by r.account_id, r.i
    loop
        if account is distinct from request.account_id then
            account := request.account_id;
            while locked_ids[l] < account loop
                l := l + 1;
            end loop;
            remains := case when locked_ids[l] = account then locked_minor[l] else 0 end;
            spare := null;
            is_frozen := locked_ids[l] = account and locked_frozen[l];
            if is_frozen then
                -- Perhaps since its row was read above: it is read again, behind the lock.
                select a.debits_frozen into is_frozen from accounts a where a.id = account;
            end if;
        end if;
        if is_frozen then
            statuses[request.i] := 'short';     -- nothing is put down
            frozen := frozen || request.i::integer;
        elsif request.amount_minor <= remains then
            remains := remains - request.amount_minor;
            statuses[request.i] := 'committed';
        elsif in_may_drain[request.i] and (spare is null or request.amount_minor <= spare) then
            -- The first whatever is known of the others, which may be old; more of them while these are known to have it.
            spare := coalesce(spare, minor_elsewhere(account)) - request.amount_minor + remains;
            remains := 0;           -- the drain sets all of it aside
            statuses[request.i] := 'begun';
            begun := begun || request.i;
        elsif in_up_tos is not null and (in_up_tos[request.i] ->> 'is_local')::boolean
              and remains >= (in_up_tos[request.i] ->> 'minimum_minor')::bigint then
            statuses[request.i] := 'committed';
            paying[request.i] := remains;
            remains := 0;
        else
            statuses[request.i] := 'short';
            lefts[request.i] := remains;
        end if;
    end loop;

    is_alone := is_retry;
    if in_up_tos is not null then
        is_alone := array(select r.is_retry or r.up_to is not null from unnest(is_retry, in_up_tos) with ordinality as r (is_retry, up_to, i) order by r.i);
    end if;

    -- 3. The entries and sums of what is paid, and the batch that says so where this node sends batches. Whether it
    --    does is read with the locks of both tables held, by this very statement.
    with batch as materialized (
        select case when is_packed() then nextval('batch_id_seq') else 0 end as id
    ), entries as (
        insert into transaction_log (account_id, amount_minor, created_at, operation_id, node_id, operation_type, reference)
        select r.account_id, -r.amount_minor, moment, r.id, self, 'pay_out', r.reference
          from unnest(in_account_ids, paying, ids, in_references, statuses)
            as r (account_id, amount_minor, id, reference, status)
         where r.status = 'committed' and r.amount_minor > 0
        returning transaction_log.id, transaction_log.account_id, transaction_log.amount_minor, transaction_log.operation_id,
                  transaction_log.reference
    ), parts as (
        update account_balances b set balance_minor = b.balance_minor - s.amount_minor, batch_id = (select id from batch)
          from (select r.account_id, sum(r.amount_minor) as amount_minor
                  from unnest(in_account_ids, paying, statuses) as r (account_id, amount_minor, status)
                 where r.status = 'committed' and r.amount_minor > 0 group by 1) s
         where b.account_id = s.account_id and b.node_id = self
        returning b.account_id, b.balance_minor, b.income_minor, b.reserved_minor, b.held_minor
    )
    insert into batches (id, node_id, created_at, operation_type, entry_ids, account_ids, amounts_minor, operation_ids,
                         entry_references, part_account_ids, balances_minor, incomes_minor, reserved_minor, held_minor,
                         key_hashes, key_pay_out_ids, key_fingerprints, key_charges)
    select (select b.id from batch b), self, moment, 'pay_out', e.*, p.*, k.*
      from (select array_agg(l.id) as entry_ids, array_agg(l.account_id), array_agg(l.amount_minor), array_agg(l.operation_id),
                   array_agg(l.reference) from entries l) e,
           (select array_agg(b.account_id), array_agg(b.balance_minor), array_agg(b.income_minor), array_agg(b.reserved_minor),
                   case when max(b.held_minor) > 0 then array_agg(b.held_minor) end
              from parts b) p,
           (select array_agg(r.hash), array_agg(r.id), array_agg(r.fingerprint), case when in_charges is not null then array_agg(r.charge) end
              from unnest(hashes, ids, in_fingerprints, statuses, is_alone, in_charges)
                as r (hash, id, fingerprint, status, is_alone, charge)
             -- One that was tried before is older than this batch: its key travels alone (tell_key); so does one up to an amount.
             where r.status = 'committed' and not r.is_alone) k
     where is_packed() and e.entry_ids is not null
    returning id into paid_id;
    paid := describe_batch(self, paid_id);
    if 'replayed' = any (statuses) then
        repeated := (select write_position() where exists (
            select from unnest(statuses, elsewhere) as r (status, known) where r.status = 'replayed' and r.known is null));
    end if;

    -- 4. What was put down as committed and is not, or the other way round.
    if cardinality(begun) > 0 or true = any (is_retry) or array_position(statuses, 'short') is not null then
        perform mend_pay_outs(statuses, ids, is_retry, begun, in_deadlines_ms, moment);
    end if;
    foreach i in array frozen loop
        statuses[i] := 'account_frozen';
    end loop;
    if in_up_tos is not null then
        perform mend_up_to(statuses, ids, paying, in_amounts_minor, in_up_tos);
    end if;

    for i in 1 .. n loop
        ordinal := i;
        status := statuses[i];
        local_minor := lefts[i];
        pay_out_id := case when status in ('committed', 'begun', 'replayed', 'in_progress')
                           then coalesce((elsewhere[i] ->> 'pay_out_id')::uuid, ids[i]) end;
        created_at := case when status = 'committed' then moment end;
        attempt := null;
        known := null;
        "position" := case when status = 'committed' then paid end;
        if status = 'begun' or is_alone[i] and status = 'committed' then
            select * into seen from pay_outs p where p.id = ids[i];
            created_at := seen.created_at;
            if status = 'begun' then
                account := in_account_ids[i];
                attempt := start_attempt(seen, false, coalesce(asks -> account::text, '[]'));
                asks := jsonb_set(asks, array[account::text], coalesce(asks -> account::text, '[]') || (attempt -> 'asks'));
            end if;
            told_id := tell_key(seen);
            if status = 'committed' then
                known := seen.up_to;
                "position" := coalesce(paid, describe_batch(self, told_id));
            end if;
        elsif status = 'replayed' then
            known := coalesce(elsewhere[i], describe_pay_out(ids[i]));
            "position" := case when elsewhere[i] is null then add_donors(repeated, ids[i]) end;
        elsif status = 'currency_mismatch' then
            known := (select jsonb_build_object('currency', a.currency) from accounts a where a.id = in_account_ids[i]);
        end if;
        return next;
    end loop;
end;
$$;

create or replace function billing.judge_repeats(
    in_hashes         uuid[],
    in_tenants        text[],
    in_client_ids     text[],
    in_keys           text[],
    in_fingerprints   bytea[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[],
    in_references     text[],
    in_metadata       text[],
    in_charges        jsonb[],
    in_earlier_indexes       integer[],
    in_earlier_fingerprints  bytea[],
    in_moment         timestamptz,
    in_new_ids        uuid[],
    inout statuses    text[],
    inout fresh       uuid[],
    out ids           uuid[],
    out is_retry      boolean[]
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: what of a call of billing.pay_out bears a key that was there before it, and what that means (judge_known); but what
-- another node's word has answered already.
-- statuses and fresh, the ids put down as new, come in as they are and go out as they are then; ids is of which
-- pay-out each request is, is_retry which ones are tried anew. Locks and writes pay_outs, and as billing.decide_drain.
declare
    request  record;
    seen     pay_outs;
begin
    ids := in_new_ids;
    is_retry := array_fill(false, array[cardinality(in_new_ids)]);
    for request in
        select r.i, k.id from unnest(ids, in_hashes, statuses) with ordinality as r (id, hash, status, i)
          join pay_outs k on key_hash_of(k) = r.hash
         where r.id <> all (fresh) and coalesce(r.status, '') not in ('idempotency_conflict', 'replayed', 'in_progress')
         order by k.id, r.i
    loop
        select * into seen from pay_outs p where p.id = request.id for update;
        if seen.idempotency_key is distinct from in_keys[request.i] then
            -- Another request has got it in the meantime.
            statuses[request.i] := 'in_progress';
            ids[request.i] := coalesce((select k.id from pay_outs k where key_hash_of(k) = in_hashes[request.i]), seen.id);
            continue;
        end if;
        ids[request.i] := seen.id;
        case judge_known(seen, in_fingerprints[request.i] || array(
                 select e.fingerprint from unnest(in_earlier_indexes, in_earlier_fingerprints) as e (i, fingerprint)
                  where e.i = request.i), in_amounts_minor[request.i])
            when 'free' then
                ids[request.i] := in_new_ids[request.i];
                -- Unless the call tries the refused one anew: its row is the key's again.
                if is_retry[array_position(ids, seen.id)] then
                    ids[request.i] := seen.id;
                    statuses[request.i] := 'in_progress';
                elsif statuses[request.i] is null then
                    update pay_outs p set idempotency_key = null, key_hash = null where p.id = seen.id;
                    insert into pay_outs (id, tenant, client_id, idempotency_key, key_hash, fingerprint, account_id, amount_minor,
                                          status, reference, metadata, created_at, decided_at, charge)
                    values (ids[request.i], in_tenants[request.i], in_client_ids[request.i], in_keys[request.i],
                            in_hashes[request.i], in_fingerprints[request.i],
                            in_account_ids[request.i], in_amounts_minor[request.i], 'committed',
                            in_references[request.i], in_metadata[request.i]::json, in_moment, in_moment, in_charges[request.i]);
                    fresh := fresh || ids[request.i];
                end if;
            when 'idempotency_conflict' then
                statuses[request.i] := 'idempotency_conflict';
            when 'known' then
                -- Its key twice in one call: the first of the two is not yet judged.
                statuses[request.i] := case when array_position(ids, seen.id) <> request.i then 'in_progress'
                                            when seen.status = 'committed' then 'replayed'
                                            else 'in_progress' end;
            when 'retry' then
                if array_position(ids, seen.id) <> request.i then
                    statuses[request.i] := 'in_progress';
                elsif statuses[request.i] is null then
                    is_retry[request.i] := true;
                    -- Another price may come to the same amount.
                    update pay_outs p set charge = in_charges[request.i]
                     where p.id = seen.id and p.charge is distinct from in_charges[request.i];
                    perform decide_drain(a.id, '[]', '{}', true) from pay_out_attempts a
                      where a.pay_out_id = seen.id and a.state = 'pending';
                end if;
        end case;
    end loop;
    -- Whoever lost a race for a key to a call that was then rolled back: again later.
    for i in 1 .. cardinality(ids) loop
        if statuses[i] is null and not is_retry[i] and ids[i] <> all (fresh) then
            statuses[i] := 'in_progress';
        end if;
    end loop;
end;
$$;

create or replace function billing.mend_pay_outs(
    in_statuses      text[],
    in_ids           uuid[],
    in_is_retry      boolean[],
    in_begun         integer[],
    in_deadlines_ms  integer[],
    in_moment        timestamptz
)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: what billing.pay_out put down as committed and is not, or the other way round. Writes pay_outs.
declare
    i integer;
begin
    update pay_outs p set status = 'committed', rejection = null, decided_at = in_moment, deadline_at = null
      from generate_subscripts(in_ids, 1) s
     where in_is_retry[s] and in_statuses[s] = 'committed' and p.id = in_ids[s];
    foreach i in array in_begun loop
        update pay_outs p
           set status = 'pending', rejection = null, decided_at = null,
               deadline_at = in_moment + make_interval(secs => in_deadlines_ms[i] / 1000.0)
         where p.id = in_ids[i];
    end loop;
    delete from pay_outs p using generate_subscripts(in_ids, 1) s
     where in_statuses[s] = 'short' and not in_is_retry[s] and p.id = in_ids[s];
end;
$$;

create or replace function billing.judge_known(in_pay_out billing.pay_outs, in_fingerprints bytea[], in_amount_minor bigint)
returns text
language sql
volatile
as $$
-- Internal: what a key that came before means now: idempotency_conflict; free, its last try was refused and
-- was another request's; known, committed or looked after; retry. A pending one is left to its coordinator
-- until untended_after its deadline. The same charge at another price than that of a refused try is a pay-out of its own, as
-- another request is; while that try is pending it is in its way, until recovery has refused it.
    select case when in_pay_out.fingerprint <> all (in_fingerprints)
                    then case in_pay_out.status when 'rejected' then 'free' else 'idempotency_conflict' end
                when in_pay_out.status in ('committed', 'held')
                  or in_pay_out.status = 'pending'
                 and (in_pay_out.deadline_at + billing.untended_after() > clock_timestamp()
                      or in_pay_out.amount_minor <> in_amount_minor) then 'known'
                when in_pay_out.amount_minor <> in_amount_minor then 'free'
                else 'retry' end;
$$;
