create or replace function billing.confirm_account_state(in_account_id bigint, in_version bigint, in_timeout_ms integer)
returns bigint
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.confirm_account_state(3)
--
--   Waits until the state of an account has arrived here, and sees to it that
--   nothing that it refuses is committed at this node from then on, whatever was
--   begun before (docs/accounts.md). Peers call it for billing.change_account.
--
-- Parameters
--   in_timeout_ms  how long to wait for it
-- Returns   which state this node obeys; in_version or more: that one, or a later one.
--           Null: the account has not arrived
-- Locks     row of account_balances
-- Writes    as billing.obey_account_state
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    deadline constant timestamptz := clock_timestamp() + make_interval(secs => in_timeout_ms / 1000.0);
begin
    while not exists (select from accounts a where a.id = in_account_id and a.state_version >= in_version)
          and clock_timestamp() < deadline loop
        perform pg_sleep(0.01);
    end loop;
    return obey_account_state(in_account_id);
end;
$$;

create or replace function billing.obey_account_state(in_account_id bigint)
returns bigint
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: whoever locks this node's part from here on looks at the account again, if something of it is frozen; who had it locked
-- before is done. Which state that is; null: the account is not known here. Locks the row of account_balances, which it makes if there is
-- none; writes it, confirmed_states, batches.
declare
    was_frozen boolean;
    account    accounts;
begin
    if not exists (select from accounts a where a.id = in_account_id) then
        return null;
    end if;
    perform make_balance_rows(array[in_account_id])
      where not exists (select from account_balances b where b.account_id = in_account_id and b.node_id = local_node_id());
    select b.is_frozen into was_frozen from account_balances b
     where b.account_id = in_account_id and b.node_id = local_node_id() for update;
    -- A statement of its own, behind the lock: what has arrived by now.
    select * into account from accounts a where a.id = in_account_id;
    if was_frozen <> (account.debits_frozen or account.credits_frozen) then
        update account_balances b set is_frozen = not was_frozen
         where b.account_id = in_account_id and b.node_id = local_node_id();
    end if;
    insert into confirmed_states (account_id, state_version, debits_frozen, credits_frozen)
    values (in_account_id, account.state_version, account.debits_frozen, account.credits_frozen)
    on conflict do nothing;
    return account.state_version;
end;
$$;
