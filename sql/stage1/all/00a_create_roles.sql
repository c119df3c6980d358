-- Roles of this node. billing_owner owns everything and nobody logs in as it; each app has a login
-- role with the least it needs (90_grants.sql, 39_, 59_). A re-run sets the passwords again, so a
-- changed password file takes effect.
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

-- Who holds a lock (67a_list_lock_holders.sql) is hidden from whoever may not read what all sessions do.
grant pg_read_all_stats to billing_owner;

alter role billing_replicator replication;
alter role billing_gateway set default_transaction_read_only = on;
-- Nobody detects a deadlock across databases: what a peer asks for here is bounded here too.
alter role billing_peer set statement_timeout = '10s';
alter role billing_peer set lock_timeout = '3s';
alter role billing_peer set idle_in_transaction_session_timeout = '10s';

alter default privileges for role billing_owner revoke execute on functions from public;
grant usage, create on schema public to billing_owner;
do $$
declare
    signature regprocedure;
begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to billing_owner, billing_gateway, billing_ledger_worker, '
                   'billing_coordinator, billing_operator, billing_peer, billing_replicator', current_database());
    -- dblink opens connections from inside the server: the owner's functions do, nobody else.
    for signature in
        select p.oid::regprocedure
          from pg_proc p
          join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
          join pg_extension e on e.oid = d.refobjid and e.extname = 'dblink'
    loop
        execute format('revoke all on function %s from public', signature);
        if signature::text !~ '^dblink_connect_u' then
            execute format('grant execute on function %s to billing_owner', signature);
        end if;
    end loop;
end $$;

drop table role_secrets;
reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
