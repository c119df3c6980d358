create or replace function billing.add_missing_balance_rows(in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.add_missing_balance_rows(1)
--
--   Makes this node's balance rows of accounts that arrived by replication.
--
-- Returns   how many accounts were taken care of; below in_limit: all
-- Locks     rows of arrived_accounts (skips locked ones), account_balances in
--           account order
-- Writes    arrived_accounts, account_balances
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    taken bigint[];
begin
    with arrived as (
        delete from arrived_accounts
         where account_id in (select account_id from arrived_accounts
                               order by account_id limit in_limit for update skip locked)
        returning account_id
    )
    select coalesce(array_agg(account_id order by account_id), '{}') into taken from arrived;
    insert into account_balances (account_id, node_id)
    select account_id, local_node_id() from unnest(taken) as t (account_id) order by account_id
    on conflict do nothing;
    return cardinality(taken);
end;
$$;
