-- What each role may call: the whole list, so that a right that is added shows here.
select r.rolname as role, p.oid::regprocedure as may_call
  from pg_roles r
  join pg_proc p on p.pronamespace in ('billing'::regnamespace, 'public'::regnamespace, 'pglogical'::regnamespace)
   and has_function_privilege(r.oid, p.oid, 'execute') and has_schema_privilege(r.oid, p.pronamespace, 'usage')
 where r.rolname ~ '^billing_' and r.rolname <> 'billing_owner'
   and not exists (select from pg_depend d join pg_extension e on e.oid = d.refobjid
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e' and e.extname = 'pgcrypto')
 order by r.rolname, p.pronamespace::regnamespace::text, p.oid::regprocedure::text;
-- Tables and views: reports for operators, copies for replication, nothing else.
select r.rolname as role, c.oid::regclass as relation, string_agg(a.privilege, ', ' order by a.privilege) as may
  from pg_roles r
  join pg_class c on c.relnamespace in ('billing'::regnamespace, 'public'::regnamespace, 'pglogical'::regnamespace) and c.relkind in ('r', 'v')
  join (values ('select'), ('insert'), ('update'), ('delete'), ('truncate'), ('references'), ('trigger')) a (privilege)
    on has_table_privilege(r.oid, c.oid, a.privilege)
 where r.rolname ~ '^billing_' and r.rolname <> 'billing_owner'
 group by r.rolname, c.oid order by r.rolname, c.oid::regclass::text;
-- Attributes: no superuser; replication for the replicator alone.
select rolname, rolcanlogin as login, rolsuper as super, rolreplication as replication, rolbypassrls as bypass, rolcreaterole or rolcreatedb as creates,
       (select count(*) from pg_auth_members m where m.member = r.oid) as member_of
  from pg_roles r where rolname ~ '^billing_' order by 1;
-- Nothing is left to PUBLIC: no function that runs as somebody else, no dblink, no schema, no database.
select p.oid::regprocedure from pg_proc p
 where p.pronamespace in ('billing'::regnamespace, 'public'::regnamespace, 'pglogical'::regnamespace)
   and has_function_privilege('public', p.oid, 'execute')
   and not exists (select from pg_depend d join pg_extension e on e.oid = d.refobjid
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e' and e.extname = 'pgcrypto');
select has_schema_privilege('public', 'billing', 'usage') or has_schema_privilege('public', 'public', 'create') as public_schema,
       has_database_privilege('public', current_database(), 'connect, temporary') as public_database;
-- Every function that runs as somebody else has a fixed search_path.
select p.oid::regprocedure from pg_proc p
 where p.prosecdef and p.pronamespace in ('billing'::regnamespace, 'public'::regnamespace)
   and not exists (select from unnest(p.proconfig) c where c like 'search_path=%pg_temp')
   and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e');
-- No role takes all connections.
select count(*) filter (where rolconnlimit between 20 and current_setting('max_connections')::integer / 2) = count(*) as bounded
  from pg_roles where rolname ~ '^billing_' and rolcanlogin;
-- In their own words.
select add_account('Aleksandrov');
set session authorization billing_gateway;
select billing.local_node_id(), billing.schema_version(), billing.newest_schema_version();
select * from billing.accounts;
select * from accounts;
select deposit_balance(1, 1, 1);
select dblink_connect('x', 'host=127.0.0.1');
select get_decrypted_dsn(1);
select get_encryption_key();
select pg_advisory_lock(620145, 1);
select lo_create(0);
create temporary table t (x int);
create table public.t (x int);
set session authorization billing_ledger_worker;
select * from billing.transaction_log;
select add_account('x');
select status from billing.open_account('c', 'k', '\x00', 'x', 'USD', 0);
select billing.accept_offset('t', 0, 0, 'x');
select billing.credit_local(1, 1, 'deposit', gen_random_uuid());
set session authorization billing_coordinator;
select epoch from billing.claim_partition('t', 0, 'x', 0, 0);
select connect_to_node(2);
select billing.ask_node(2, 'select 1', 1);
select deposit_balance(1, 1, 1);
set session authorization billing_peer;
select billing.delete_home_account(1, 'x', null, null) is not null as is_deleted;
select billing.local_node_id();
select delete_account(1);
select * from billing.account_balances;
select billing.replication_status();
set session authorization billing_replicator;
select count(*) from billing.accounts;
select * from billing.node_config;
select * from billing.operation_metadata;
update billing.accounts set username = 'x';
select pglogical.drop_subscription('x', true);
select pglogical.show_subscription_status();
set session authorization billing_operator;
select username, is_deleted from accounts;
select add_account('By hand') = 65 as added;
select deposit_balance(65, 1, 1);
select account_id, balance from account_balances where account_id = 65;
select operation_type, amount from transaction_log;
select count(*) from services;
select log_transaction(65, 1, 'deposit', 1);
select * from node_config;
select billing.begin_transfers(2, 1);
