create or replace function public.deposit_balance(p_account_id bigint, p_amount numeric, p_node_id int)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- deposit_balance(3)
--
--   Credits this node's part of an account, in major units. Makes the balance
--   row if the account has none here yet.
--
-- Parameters
--   p_amount   above zero, no more decimals than the currency has
--   p_node_id  this node
-- Locks     row of account_balances
-- Writes    transaction_log (deposit), account_balances, account_acts (who did it)
-- Raises    GB001 bad amount   GB002, GB003 account not found, deleted
--           GB004 another node GB014 beyond bigint   GB030 its credits are frozen
-- ---------------------------------------------------------------------------
declare
    account       accounts;
    amount_minor  bigint;
    deposit_id    constant uuid := gen_random_uuid();
    after_minor   bigint;
begin
    perform require_local_node(p_node_id);
    account := open_account_row(p_account_id);
    amount_minor := to_minor(p_amount, account.currency);
    if amount_minor <= 0 then
        raise exception 'amount must be above zero, not %', p_amount using errcode = 'GB001';
    end if;
    if account.credits_frozen then
        raise exception 'credits of account % are frozen', p_account_id using errcode = 'GB030';
    end if;
    after_minor := credit_local(p_account_id, amount_minor, 'deposit', deposit_id);
    -- Again behind the lock: it may have been frozen, and this node have confirmed that, in the meantime.
    if (select a.credits_frozen from accounts a where a.id = p_account_id) then
        raise exception 'credits of account % are frozen', p_account_id using errcode = 'GB030';
    end if;
    insert into account_acts (id, account_id, tenant, act, client_id, address, amount_minor, before, after)
    values (deposit_id, p_account_id, account.tenant, 'deposit', 'psql ' || session_user, inet_client_addr(), amount_minor,
            describe_balance(after_minor - amount_minor, account.currency), describe_balance(after_minor, account.currency));
    raise notice '% % deposited to account % at node %', p_amount, account.currency, p_account_id, p_node_id;
end;
$$;
