-- Least rights, by role. Tables are granted to nobody but the replicator: every way in is a function.
-- What the apps call is granted beside it: 29_grant_ledger_worker.sql, 39_grant_gateway.sql,
-- 59_grant_coordinator.sql.
set role billing_owner;
revoke all on schema billing from public;
revoke all on all tables in schema billing from public;
revoke all on all sequences in schema billing from public;
revoke all on all functions in schema billing from public;

grant usage on schema billing to billing_gateway, billing_ledger_worker, billing_coordinator,
    billing_operator, billing_peer, billing_replicator;

-- Every app compares these at boot.
grant execute on function billing.schema_version(), billing.local_node_id()
    to billing_gateway, billing_ledger_worker, billing_coordinator, billing_operator;

grant execute on function
    public.add_account(text, text),
    public.add_account_balance(bigint, numeric, int),
    public.delete_account(bigint),
    public.deposit_balance(bigint, numeric, int),
    billing.accept_offset(text, integer, bigint, text)
    to billing_operator;
grant select on public.accounts, public.services, public.account_balances, public.transaction_log
    to billing_operator;

grant execute on function billing.delete_home_account(bigint) to billing_peer;
reset role;

-- Functions that are not of the owner: revoke what CREATE FUNCTION gave to PUBLIC.
do $$
declare
    signature regprocedure;
begin
    for signature in
        select p.oid::regprocedure from pg_proc p
         where p.pronamespace in ('billing'::regnamespace, 'public'::regnamespace)
           and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass
                            and d.objid = p.oid and d.deptype = 'e')
    loop
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
