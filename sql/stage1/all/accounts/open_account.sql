create or replace function billing.open_account(
    in_client_id        text,
    in_idempotency_key  text,
    in_fingerprint      bytea,
    in_username         text,
    in_currency         text,
    in_initial_minor    bigint,
    in_tenant           text default 'default',
    out status          text,
    out account_id      bigint,
    out "position"      text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.open_account(7)
--
--   Opens an account whose home is this node, with its money if it has some,
--   once per client and key of a tenant.
--
-- Parameters
--   in_fingerprint    sha256 of what the request means
--   in_initial_minor  0 or more, minor units
--   in_tenant         whose it is to be
-- Returns
--   status   first that holds wins; a refused request does not use up its key
--            invalid_username      null or blank
--            unknown_currency
--            invalid_amount        null, negative or above 10^15
--            idempotency_conflict  the key came before with another fingerprint
--            replayed              account_id is what the key opened before
--            opened                account_id is new
--   position  of replayed and opened: where it has arrived, so has the account
--             (docs/positions.md)
-- Locks     advisory lock of (tenant, client, key) until the transaction ends
-- Writes    account_openings, batches; what billing.create_account and
--           billing.open_with_balance write
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    amount_max constant bigint := 1000000000000000;   -- AMOUNT_MINOR_MAX of libs/money
    opening    account_openings;
begin
    if in_username is null or btrim(in_username) = '' then
        status := 'invalid_username';
        return;
    elsif not exists (select from currencies where code = in_currency) then
        status := 'unknown_currency';
        return;
    elsif in_initial_minor is null or in_initial_minor not between 0 and amount_max then
        status := 'invalid_amount';
        return;
    end if;

    -- Two calls under one key at once: the second one waits and is repeated.
    perform pg_advisory_xact_lock(hashtextextended(concat_ws(E'\n', in_tenant, in_client_id, in_idempotency_key), 1));
    select * into opening from account_openings o
     where o.tenant = in_tenant and o.client_id = in_client_id and o.idempotency_key = in_idempotency_key;
    if found then
        if opening.fingerprint <> in_fingerprint then
            status := 'idempotency_conflict';
        else
            status := 'replayed';
            account_id := opening.account_id;
            "position" := write_position();
        end if;
        return;
    end if;

    account_id := create_account(in_username, in_currency, in_tenant);
    insert into account_openings (tenant, client_id, idempotency_key, fingerprint, account_id)
    values (in_tenant, in_client_id, in_idempotency_key, in_fingerprint, open_account.account_id);
    if in_initial_minor > 0 then
        perform open_with_balance(open_account.account_id, in_initial_minor);
    end if;
    status := 'opened';
    "position" := write_position();
end;
$$;
