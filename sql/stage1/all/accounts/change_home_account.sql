create or replace function billing.change_home_account(
    in_account_id   bigint,
    in_act          text,
    in_change       jsonb,
    in_client_id    text,
    in_key          text,
    in_fingerprint  bytea,
    in_address      inet
)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.change_home_account(7)
--
--   An act on an account's state at its home, which alone writes its row, once per
--   client and key of a tenant, and keeps who did it. Peers call it for
--   billing.change_account.
--
-- Parameters  as billing.change_account
-- Returns   {status, account: billing.describe_account_state of what changed,
--           did not change or was replayed, position}; status is the first that holds:
--             not_found
--             idempotency_conflict  the key came before with another fingerprint
--             replayed              the state is that of now, whatever became of it since
--             account_deleted
--             unchanged             the key is used up all the same
--             changed
-- Locks     the key, row of accounts, row of account_balances
-- Writes    accounts, account_acts, batches; as billing.obey_account_state
-- Raises    GB004 its home is elsewhere, or no such act; 42883 the upgrade to this
--           version is not complete
-- ---------------------------------------------------------------------------
declare
    account  accounts;
    known    account_acts;
    before   jsonb;
    result   text;
begin
    perform require_local_node((in_account_id % 64)::integer);
    perform require_upgraded('states of accounts');
    select * into account from accounts a where a.id = in_account_id;
    if not found then
        return jsonb_build_object('status', 'not_found');
    end if;
    -- Keys of corrections, too.
    perform pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', account.tenant, in_client_id, in_key), 2));
    select * into known from account_acts a
     where a.tenant = account.tenant and a.client_id = in_client_id and a.idempotency_key = in_key;
    if found then
        result := case when known.fingerprint = in_fingerprint then 'replayed' else 'idempotency_conflict' end;
    else
        select * into account from accounts a where a.id = in_account_id for no key update;
        before := describe_account_state(account);
        result := case when account.is_deleted then 'account_deleted' else change_freeze(account, in_act, in_change) end;
    end if;
    if result in ('changed', 'unchanged') then
        insert into account_acts (id, account_id, tenant, act, client_id, address, reason, idempotency_key, fingerprint, before, after)
        select gen_random_uuid(), a.id, a.tenant, in_act::account_act, in_client_id, in_address, left(btrim(in_change ->> 'reason'), 500),
               in_key, in_fingerprint, shown_state(before), shown_state(describe_account_state(a))
          from accounts a where a.id = in_account_id;
    end if;
    return jsonb_build_object('status', result, 'account', (
        select describe_account_state(a) from accounts a where a.id = in_account_id and result in ('changed', 'unchanged', 'replayed')),
        'position', case when result in ('changed', 'unchanged', 'replayed') then write_position() end);
end;
$$;

create or replace function billing.change_freeze(in_account billing.accounts, in_act text, in_change jsonb)
returns text
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: of billing.change_home_account, whose account's row is locked.
declare
    debits   constant boolean := case when (in_change ->> 'debits')::boolean then in_act = 'freeze' else in_account.debits_frozen end;
    credits  constant boolean := case when (in_change ->> 'credits')::boolean then in_act = 'freeze' else in_account.credits_frozen end;
begin
    if in_act not in ('freeze', 'thaw') then
        raise exception 'no act on an account is called "%"', in_act using errcode = 'GB004';
    elsif (debits, credits) = (in_account.debits_frozen, in_account.credits_frozen) then
        return 'unchanged';
    end if;
    update accounts a
       set state_version = nextval('batch_id_seq'), debits_frozen = debits, credits_frozen = credits
     where a.id = in_account.id;
    perform obey_account_state(in_account.id);
    return 'changed';
end;
$$;

create or replace function billing.describe_account_state(in_account billing.accounts)
returns jsonb
language sql
immutable
as $$
-- Internal: {state_version, debits_frozen, credits_frozen}; the number as text.
    select jsonb_build_object('state_version', in_account.state_version::text, 'debits_frozen', in_account.debits_frozen,
                              'credits_frozen', in_account.credits_frozen);
$$;

create or replace function billing.shown_state(in_state jsonb)
returns jsonb
language sql
immutable
as $$
-- Internal: the same as acts keep it.
    select jsonb_build_object('debitsFrozen', in_state -> 'debits_frozen', 'creditsFrozen', in_state -> 'credits_frozen');
$$;
