-- Roles of this node. billing_owner owns everything and nobody logs in as it; each app has a login
-- role with the least it needs (grants.sql), each other node two of its own (billing_peer_2 is node 2), with
-- the rights of billing_peer and billing_replicator; each of them may have a twin, with the same rights. A re-run sets the
-- passwords again, so a changed password file takes effect; who has no file any more is out after stage 3.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;

do $$
declare
    login   logins;
    missing text;
begin
    for missing in
        select r.name
          from (select unnest(array['billing_owner', 'billing_peer', 'billing_replicator']) as name union select group_name from logins union select role_name from logins
                -- Its password is made on the node (stage1/node/00_setup_replication.sql): until then nobody logs in.
                union select 'billing_copier') r
         where not exists (select from pg_roles where rolname = r.name)
    loop
        execute format('create role %I %s', missing, case missing when 'billing_copier' then 'login' else 'nologin' end);
    end loop;
    for login in select * from logins loop
        begin
            execute format('alter role %I login nosuperuser nocreatedb nocreaterole nobypassrls password %L',
                           login.role_name, login.password);
        exception when others then
            -- The error's context would show the statement, and so the password.
            raise exception 'could not set the password of role %', login.role_name using errcode = sqlstate;
        end;
        if login.group_name <> login.role_name then
            execute format('grant %I to %I', login.group_name, login.role_name);
        end if;
    end loop;
end $$;

-- pglogical puts its DSNs into the DETAIL of every connection error. Its workers run as the
-- bootstrap superuser: terse keeps DETAIL, and so passwords, out of the server log.
do $$ begin
    execute format('alter role %I in database %I set log_error_verbosity = terse',
                   (select rolname from pg_roles where oid = 10), current_database());
end $$;

-- None takes all connections of the server.
select format('alter role %I connection limit %s', rolname, greatest(20, current_setting('max_connections')::integer * 2 / 5))
  from pg_roles where rolname ~ '^billing_' and rolcanlogin
\gexec

-- Attributes and settings are not inherited.
select format('alter role %I replication', role_name) from logins where group_name = 'billing_replicator'
union all
select format('alter role %I set default_transaction_read_only = on', role_name) from logins where group_name = 'billing_gateway'
union all
-- Nobody detects a deadlock across databases: what a peer asks for here is bounded here too.
select format('alter role %I set %s', role_name, bound)
  from logins, unnest(array[$x$statement_timeout = '10s'$x$, $x$lock_timeout = '3s'$x$, $x$idle_in_transaction_session_timeout = '10s'$x$]) as bound
 where group_name = 'billing_peer'
\gexec

-- Before it can make anything; its other rights, and those of all others: grants.sql.
alter default privileges for role billing_owner revoke execute on functions from public;
grant usage, create on schema public to billing_owner;
-- Entries of other nodes are written as replica (billing.unpack_batches).
grant set on parameter session_replication_role to billing_owner;

reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
