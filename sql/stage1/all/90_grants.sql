-- Least rights, by role. Tables are granted to replication alone: every other way in is a function or a view.
-- What the apps call is granted beside it: 29_grant_ledger_worker.sql, 39_grant_gateway.sql,
-- 59_grant_coordinator.sql.
set role billing_owner;
revoke all on schema billing from public;
revoke all on all tables in schema billing from public;
revoke all on all sequences in schema billing from public;
revoke all on all routines in schema billing from public;

grant usage on schema billing to billing_gateway, billing_ledger_worker, billing_coordinator,
    billing_operator, billing_peer, billing_replicator;

-- Every app compares these at boot.
grant execute on function billing.schema_version(), billing.local_node_id()
    to billing_gateway, billing_ledger_worker, billing_coordinator, billing_operator;

grant execute on function
    public.add_account(text, text),
    public.add_account_balance(bigint, numeric, int),
    public.delete_account(bigint, boolean, text),
    public.correct_balance(bigint, numeric, int, text),
    billing.list_money_of_deleted(integer),
    billing.list_account_acts(bigint, integer),
    public.deposit_balance(bigint, numeric, int),
    public.withdraw_balance(bigint, numeric, int),
    public.send_transfers(int),
    billing.accept_offset(text, integer, bigint, text)
    to billing_operator;
grant select on public.accounts, public.services, public.account_balances, public.transaction_log
    to billing_operator;
-- Through 13a_write_views.sql, whose functions keep the invariants. An entry alone is for repair, by the superuser.
grant insert, update on public.accounts, public.account_balances to billing_operator;
grant insert, update, delete on public.services to billing_operator;

grant execute on function billing.delete_home_account(bigint), billing.delete_home_account(bigint, text, text, numeric)
    to billing_peer;
reset role;

-- The same for what we have in public; whatever else lives there is not ours to touch.
do $$
declare
    ours regprocedure;
begin
    for ours in select oid from pg_proc
                 where pronamespace = 'public'::regnamespace and proowner = 'billing_owner'::regrole
    loop
        execute format('revoke all on routine %s from public', ours);
    end loop;
end $$;
