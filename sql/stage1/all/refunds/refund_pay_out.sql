create or replace function billing.refund_pay_out(in_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.refund_pay_out(1)
--
--   Gives back a part of a pay-out or a capture, or all of it, at the node that keeps the
--   pay-out or the hold, which alone decides (docs/refunds.md): a credit of this node's
--   part, whoever gave for it. Never more than was paid, once by key. Called as
--   billing_peer, too.
--
-- Parameters
--   in_request  {pay_out_id: of a capture its hold, capture_id, tenant, client_id, key,
--               fingerprint (hex), amount_minor, currency, reference, metadata (text)};
--               numbers as decimal strings
-- Returns   {status, …}, the first that holds
--   idempotency_conflict  the key came before with another request, a pay-out's, too
--   replayed              refund, position: as refunded
--   upgrading             nodes may be of two versions: nothing is refunded yet
--   not_found             not kept here, or another tenant's
--   in_progress           it is not decided yet; of a capture: more is asked for than is
--                         confirmed, not more than that and what is unknown
--   account_copying       account_id: its row is copied anew to this node
--   currency_mismatch     account_id, currency
--   duplicate             it was given back; duplicate_of stands, and its node is to be
--                         asked under the same key (tests/models/moved-refunds.spec.ts)
--   account_deleted       account_id
--   exceeded              currency, remaining_minor: what is left of it to refund. Nothing of
--                         one that was refused, or that took back what was credited twice;
--                         of a capture what is confirmed
--   balance_limit         account_id
--   refunded              refund: as billing.describe_refund; position: where it has
--                         arrived, so has the refund (docs/positions.md)
--   A refusal does not use up its key.
-- Locks     the key, row of pay_outs, row of account_balances
-- Writes    refunds, pay_outs, hold_operations, transaction_log (refund), account_balances,
--           arrived_keys, batches
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    asked   record;
    hash    uuid;
    known   refunds;
    paid    pay_outs;
    account accounts;
    verdict jsonb;
begin
    select * into asked
      from jsonb_to_record(in_request) as r (pay_out_id uuid, capture_id uuid, tenant text, client_id text, key text, fingerprint text,
                                             amount_minor bigint, currency text, reference text, metadata text);
    hash := key_hash(asked.tenant, asked.client_id, asked.key);
    -- Two requests with one key at once: the second one waits and is repeated.
    perform pg_advisory_xact_lock(hashtextextended(hash::text, 3));
    select * into known from refunds r where r.key_hash = hash;
    if found and known.fingerprint = decode(asked.fingerprint, 'hex') then
        return tell_refund('replayed', known);
    elsif found or is_key_of_pay_out(hash) then
        return '{"status": "idempotency_conflict"}';
    elsif schema_version() < 10 then   -- until then a node may not know entries of this type
        return '{"status": "upgrading"}';
    end if;
    select * into paid from pay_outs p where p.id = asked.pay_out_id for no key update;
    select * into account from accounts a where a.id = paid.account_id;
    verdict := judge_refund(paid, asked.capture_id, account, asked.tenant, asked.amount_minor, asked.currency);
    if verdict is not null then
        return verdict;
    end if;
    begin
        known := make_refund(jsonb_populate_record(null::refunds, to_jsonb(asked) - '{fingerprint,metadata}'::text[] || jsonb_build_object(
                     'idempotency_key', asked.key, 'key_hash', hash, 'fingerprint', '\x' || asked.fingerprint)), asked.metadata, paid);
    exception when sqlstate 'GB014' then
        return jsonb_build_object('status', 'balance_limit', 'account_id', paid.account_id::text);
    end;
    -- So that a pay-out under this key is a conflict, and calls of pay_out need not look here.
    insert into arrived_keys (key_hash, node_id, pay_out_id, created_at, fingerprint)
    values (hash, local_node_id(), known.id, known.created_at, 'refund')   -- no pay-out's
    on conflict (key_hash, node_id) do update
       set pay_out_id = excluded.pay_out_id, created_at = excluded.created_at, fingerprint = excluded.fingerprint, deadline_at = null;
    return tell_refund('refunded', known);
end;
$$;

create or replace function billing.tell_refund_key(in_refund billing.refunds)
returns bigint
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: a batch that tells other nodes of a refund's key, so that a pay-out under it is a conflict there, too. The batch's id; null:
-- none is sent. Writes batches.
    insert into batches (node_id, created_at, key_hashes, key_pay_out_ids, key_fingerprints)
    select local_node_id(), in_refund.created_at, array[in_refund.key_hash], array[in_refund.id], array['refund'::bytea] where is_packed()
    returning id;
$$;

create or replace function billing.is_key_of_pay_out(in_key_hash uuid)
returns boolean
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: whether a key is a pay-out's that was not refused, of this node or as another one has told, or of what is done on a hold.
-- A refund that another node has made under it is none: this node's pay-out may be a duplicate of that one's.
    select exists (select from pay_outs p where key_hash_of(p) = in_key_hash and p.status <> 'rejected')
        or (select k.key_hash is not null and k.fingerprint <> 'refund' from arrived_key(in_key_hash) k);
$$;

create or replace function billing.left_to_refund(
    in_paid              billing.pay_outs,
    in_capture_id        uuid,
    out is_known         boolean,
    out refunded_minor   bigint,
    out remaining_minor  bigint,
    out unknown_minor    bigint
)
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what was refunded of a pay-out, and is left to refund; of a capture of a hold what of it its nodes have confirmed, and
-- what they have not answered. is_known: false: there is none, or it is none. No pay-out of a client has an empty client_id: those are
-- clawbacks'. A hold is no pay-out, though it has a row.
begin
    is_known := false;
    if (in_paid.held_for_ms is null) <> (in_capture_id is null) then
        return;
    elsif in_capture_id is null then
        is_known := in_paid.id is not null;
        refunded_minor := in_paid.refunded_minor;
        remaining_minor := case when in_paid.status = 'rejected' or in_paid.client_id = '' then 0 else in_paid.amount_minor end - refunded_minor;
        unknown_minor := 0;
    else
        select count(o.id) > 0, max(o.refunded_minor), coalesce(sum(a.got_minor) filter (where a.answered_at is not null), 0) - max(o.refunded_minor),
               coalesce(sum(a.minor) filter (where a.answered_at is null), 0)
          into is_known, refunded_minor, remaining_minor, unknown_minor
          from hold_operations o left join hold_asks a on a.operation_id = o.id
         where o.id = in_capture_id and o.hold_id = in_paid.id and o.kind = 'capture';
    end if;
end;
$$;

create or replace function billing.judge_refund(
    in_paid          billing.pay_outs,
    in_capture_id    uuid,
    in_account       billing.accounts,
    in_tenant        text,
    in_amount_minor  bigint,
    in_currency      text
)
returns jsonb
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: why a refund of this pay-out, or of this capture of a hold, is refused, as billing.refund_pay_out says it; null: nothing
-- speaks against it.
declare
    account_id constant text := in_paid.account_id::text;
    found      record;
begin
    select * into found from left_to_refund(in_paid, in_capture_id);
    if not found.is_known or in_paid.tenant <> in_tenant then
        return '{"status": "not_found"}';
    elsif in_paid.status = 'pending' then
        return '{"status": "in_progress"}';
    elsif in_account.id is null then
        return jsonb_build_object('status', 'account_copying', 'account_id', account_id);
    elsif in_account.currency <> in_currency then
        return jsonb_build_object('status', 'currency_mismatch', 'account_id', account_id, 'currency', in_account.currency);
    elsif in_paid.duplicate_of is not null then
        return jsonb_build_object('status', 'duplicate', 'duplicate_of', in_paid.duplicate_of);
    elsif in_account.is_deleted then
        return jsonb_build_object('status', 'account_deleted', 'account_id', account_id);
    elsif in_amount_minor > found.remaining_minor + found.unknown_minor then
        return jsonb_build_object('status', 'exceeded', 'currency', in_account.currency, 'remaining_minor', found.remaining_minor::text);
    elsif in_amount_minor > found.remaining_minor then
        return '{"status": "in_progress"}';
    end if;
    return null;
end;
$$;
