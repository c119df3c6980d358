create or replace function billing.correct_balance(
    in_client_id       text,
    in_key             text,
    in_fingerprint     bytea,
    in_account_id      bigint,
    in_amount_minor    bigint,
    in_currency        text,
    in_reason          text,
    in_tenants         text[] default '{default}',
    in_address         inet default null,
    out status         text,
    out correction_id  uuid,
    out balance_minor  bigint,
    out currency       text,
    out "position"     text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.correct_balance(9)
--
--   An operator's correction of this node's part of an account, either sign: an
--   entry and the balance together, and who did it and why. Upwards it is income,
--   on which the proof of insufficient funds rests; income never falls. Of a
--   deleted account what is left can be taken out, and nothing put in.
--
-- Parameters
--   in_amount_minor  not zero; what it adds to the part
--   in_fingerprint   of the request: the same key with another is a conflict
--   in_tenants       as of billing.get_account
--   in_address       where the client asked from; null: not known
--   in_reason        not blank, up to 500 characters; the first 64 of them are the
--                    entry's reference, in the history everywhere
-- Returns, the first that holds
--   status         account_not_found · idempotency_conflict · replayed ·
--                  currency_mismatch · account_deleted (upwards) ·
--                  insufficient_local_funds (the part would fall below zero) ·
--                  balance_limit · corrected. A refusal uses up no key
--   correction_id  of replayed and corrected: the operation in the history
--   balance_minor  this part after it; of insufficient_local_funds: as it is
--   currency       the account's, where it is known
--   position       of replayed and corrected: where it has arrived, so has the
--                  correction (docs/positions.md)
-- Locks     the key, row of account_balances
-- Writes    account_acts, transaction_log, account_balances, batches
-- Raises    GB001 zero, or no amount   GB023 no reason
-- ---------------------------------------------------------------------------
declare
    self     integer := local_node_id();
    account  accounts;
    known    account_acts;
begin
    if coalesce(in_amount_minor, 0) = 0 then
        raise exception 'a correction is not zero' using errcode = 'GB001';
    elsif coalesce(btrim(in_reason), '') = '' then
        raise exception 'a correction wants a reason' using errcode = 'GB023';
    end if;
    select * into account from accounts a where a.id = in_account_id and (in_tenants is null or a.tenant = any (in_tenants));
    if not found then
        status := 'account_not_found';
        return;
    end if;
    -- Two requests with one key at once: the second one waits and is repeated.
    perform pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', account.tenant, in_client_id, in_key), 2));
    currency := account.currency;
    select * into known from account_acts a
     where a.tenant = account.tenant and a.client_id = in_client_id and a.idempotency_key = in_key;
    if found then
        status := case when known.fingerprint = in_fingerprint then 'replayed' else 'idempotency_conflict' end;
        correction_id := known.id;
        balance_minor := (select b.balance_minor from account_balances b
                           where b.account_id = known.account_id and b.node_id = self);
        "position" := case status when 'replayed' then write_position() end;
        return;
    end if;
    status := case when account.currency <> in_currency then 'currency_mismatch'
                   when account.is_deleted and in_amount_minor > 0 then 'account_deleted' end;
    if status is not null then
        return;
    end if;

    correction_id := gen_random_uuid();
    if in_amount_minor > 0 then
        begin
            balance_minor := credit_local(in_account_id, in_amount_minor, 'correction', correction_id, left(in_reason, 64));
        exception when sqlstate 'GB014' then
            status := 'balance_limit';
            correction_id := null;
            return;
        end;
    else
        update account_balances b set balance_minor = b.balance_minor + in_amount_minor
         where b.account_id = in_account_id and b.node_id = self and b.balance_minor + in_amount_minor >= 0
        returning b.balance_minor into balance_minor;
        if not found then
            status := 'insufficient_local_funds';
            correction_id := null;
            balance_minor := coalesce((select b.balance_minor from account_balances b
                                        where b.account_id = in_account_id and b.node_id = self), 0);
            return;
        end if;
        insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, reference)
        values (in_account_id, in_amount_minor, correction_id, self, 'correction', left(in_reason, 64));
    end if;
    insert into account_acts (id, account_id, tenant, act, client_id, address, reason, idempotency_key, fingerprint,
           amount_minor, before, after)
    values (correction_id, in_account_id, account.tenant, 'correct', in_client_id, in_address, in_reason, in_key,
            in_fingerprint, in_amount_minor, describe_balance(balance_minor - in_amount_minor::numeric, account.currency),
            describe_balance(balance_minor, account.currency));
    status := 'corrected';
    "position" := write_position();
end;
$$;

create or replace function public.correct_balance(p_account_id bigint, p_amount numeric, p_node_id int, p_reason text)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- correct_balance(4)
--
--   billing.correct_balance for people with psql, in major units: adds to this
--   node's part, or takes from it with an amount below zero. What is left in a
--   deleted account is taken out this way, at each node that has some.
--
-- Parameters
--   p_node_id  this node
-- Raises    GB001 bad amount   GB002, GB003 account not found; deleted, and upwards
--           GB004 another node GB006 the part would fall below zero
--           GB014 beyond bigint   GB023 no reason
-- ---------------------------------------------------------------------------
declare
    account       accounts;
    amount_minor  bigint;
    outcome       record;
begin
    perform require_local_node(p_node_id);
    select * into account from accounts a where a.id = p_account_id;
    if not found then
        raise exception 'account % is not known here', p_account_id using errcode = 'GB002';
    end if;
    amount_minor := to_minor(p_amount, account.currency);
    outcome := billing.correct_balance('psql ' || session_user, gen_random_uuid()::text, ''::bytea, p_account_id,
                                       amount_minor, account.currency, left(btrim(p_reason), 500), null, inet_client_addr());
    case outcome.status
        when 'corrected' then
            raise notice 'Account % corrected by % % at node %: % there now', p_account_id, p_amount, account.currency,
                p_node_id, to_major(outcome.balance_minor, account.currency);
        when 'account_deleted' then
            raise exception 'account % is deleted', p_account_id using errcode = 'GB003';
        when 'insufficient_local_funds' then
            raise exception 'account % has % % at node %, too little for this', p_account_id,
                to_major(outcome.balance_minor, account.currency), account.currency, p_node_id using errcode = 'GB006';
        when 'balance_limit' then
            raise exception 'the balance of account % would exceed what can be kept', p_account_id using errcode = 'GB014';
    end case;
end;
$$;
