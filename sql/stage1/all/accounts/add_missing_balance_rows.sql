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
-- Writes    arrived_accounts, account_balances, batches
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
    perform make_balance_rows(taken);
    return cardinality(taken);
end;
$$;

create or replace function billing.make_balance_rows(in_account_ids bigint[])
returns integer
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: this node's balance rows of those accounts that have none, in account order; how many it made. Where this node sends
-- batches, one for all of them. Locks and writes account_balances, batches.
declare
    made integer;
begin
    with batch as materialized (
        select case when is_packed() then nextval('batch_id_seq') else 0 end as id
    ), rows as (
        insert into account_balances (account_id, node_id, batch_id)
        select account_id, local_node_id(), (select id from batch) from unnest(in_account_ids) as t (account_id) order by account_id
        on conflict do nothing
        returning account_id
    ), packed as (
        insert into batches (id, node_id, part_account_ids, balances_minor, incomes_minor, reserved_minor)
        select (select id from batch), local_node_id(), array_agg(account_id), array_agg(0::bigint), array_agg(0::bigint),
               array_agg(0::bigint)
          from rows having is_packed() and count(*) > 0
    )
    select count(*) into made from rows;
    return made;
end;
$$;
