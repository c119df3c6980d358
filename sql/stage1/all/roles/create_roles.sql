-- Roles of this node. billing_owner owns everything and nobody logs in as it; each app has a login
-- role with the least it needs (grants.sql). A re-run sets the passwords again, so a changed password file takes effect.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;

-- The passwords travel as COPY data, which no log and no statistics view shows.
create temporary table role_secrets (role_name text primary key, password text not null);
\copy role_secrets from program 'for role in billing_gateway billing_ledger_worker billing_coordinator billing_operator billing_peer billing_replicator; do printf "%s\t%s\n" "$role" "$(head -n 1 "$BILLING_SECRETS_DIR/$role.password" | sed -e "s/\\\\/&&/g")"; done'

do $$
declare
    secret role_secrets;
begin
    if not exists (select from pg_roles where rolname = 'billing_owner') then
        create role billing_owner nologin;
    end if;
    -- Its password is made on the node (stage1/node/00_setup_replication.sql): until then nobody logs in.
    if not exists (select from pg_roles where rolname = 'billing_copier') then
        create role billing_copier login;
    end if;
    for secret in select * from role_secrets loop
        if not exists (select from pg_roles where rolname = secret.role_name) then
            execute format('create role %I login', secret.role_name);
        end if;
        begin
            execute format('alter role %I login nosuperuser nocreatedb nocreaterole nobypassrls password %L',
                           secret.role_name, secret.password);
        exception when others then
            -- The error's context would show the statement, and so the password.
            raise exception 'could not set the password of role %', secret.role_name using errcode = sqlstate;
        end;
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

alter role billing_replicator replication;
alter role billing_gateway set default_transaction_read_only = on;
-- Nobody detects a deadlock across databases: what a peer asks for here is bounded here too.
alter role billing_peer set statement_timeout = '10s';
alter role billing_peer set lock_timeout = '3s';
alter role billing_peer set idle_in_transaction_session_timeout = '10s';

-- Before it can make anything; its other rights, and those of all others: grants.sql.
alter default privileges for role billing_owner revoke execute on functions from public;
grant usage, create on schema public to billing_owner;

drop table role_secrets;
reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
