create or replace function billing.open_with_balance(in_account_id bigint, in_amount_minor bigint)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.open_with_balance(2)
--
--   Gives an account its opening money: all of it is credited here, in the
--   caller's transaction, and a plan is written to send every other node an
--   equal share in whole units. What does not divide stays here. The
--   coordinator sends the shares after the commit; a node that is away gets
--   its share when it is back.
--
-- Parameters
--   in_amount_minor  zero or more
-- Locks     row of accounts, row of account_balances
-- Writes    transaction_log (opening), account_balances, transfers (planned)
-- Raises    GB001 below zero       GB002, GB003 account not found, deleted
--           GB011 it has been opened before       GB014 beyond bigint
-- ---------------------------------------------------------------------------
declare
    account      accounts;
    opening_id   uuid := gen_random_uuid();
    unit_minor   bigint;
    share_minor  bigint;
begin
    if in_amount_minor is null or in_amount_minor < 0 then
        raise exception 'an account cannot be opened with %', in_amount_minor using errcode = 'GB001';
    end if;
    account := open_account_row(in_account_id);
    -- Two openings of one account at once: the second waits, and then sees the first.
    perform from accounts where id = in_account_id for no key update;
    if exists (select from entries l
                where l.account_id = in_account_id and l.operation_type = 'opening') then
        raise exception 'account % has its opening balance already', in_account_id using errcode = 'GB011';
    end if;

    if in_amount_minor = 0 then
        insert into account_balances (account_id, node_id) values (in_account_id, local_node_id())
        on conflict do nothing;
        return;
    end if;
    perform credit_local(in_account_id, in_amount_minor, 'opening', opening_id);

    unit_minor := (select 10 ^ exponent from currencies where code = account.currency);
    share_minor := in_amount_minor / unit_minor / (select count(*) from node_config) * unit_minor;
    if share_minor > 0 then
        insert into transfers (node_id, to_node_id, account_id, amount_minor)
        select local_node_id(), n.node_id, in_account_id, share_minor
          from node_config n where n.node_id <> local_node_id() order by n.node_id;
    end if;
end;
$$;
