-- First file of every psql that run_sql.sh starts: hands its variables to DO blocks, which psql
-- does not interpolate, and what the files of a stage share.
select set_config('billing_setup.node_id', :'node_id', false),
       set_config('billing_setup.node_count', :'node_count', false),
       set_config('billing_setup.peer_nodes', :'peer_nodes', false),
       set_config('billing_setup.ssl_mode', :'ssl_mode', false),
       set_config('billing_setup.ssl_root_cert', :'ssl_root_cert', false),
       set_config('billing_setup.sync_timeout_s', :'sync_timeout_s', false),
       set_config('billing_setup.complete_upgrade', :'complete_upgrade', false),
       set_config('billing_setup.production', :'production', false);
-- Two runs at once would trip over each other's catalog rows.
select pg_advisory_lock(hashtext('billing run_sql'));

-- The nodes as this one reaches them.
create temporary table peer_nodes (node_id integer primary key, host text not null, port text not null);
do $$
declare
    peer  text;
    parts text[];
begin
    foreach peer in array regexp_split_to_array(btrim(current_setting('billing_setup.peer_nodes')), '\s+') loop
        parts := regexp_match(peer, '^(\d+)=(.+):(\d+)$');
        if parts is null then
            raise exception 'BILLING_PEER_NODES: "%" is not <id>=<host>:<port>', peer using errcode = 'GB016';
        end if;
        insert into pg_temp.peer_nodes values (parts[1]::integer, btrim(parts[2], '[]'), parts[3]);
    end loop;
end $$;

-- Who logs in here, with whose rights, and as whom this node goes to the others, itself too. Passwords travel as COPY data,
-- which no log and no statistics view shows, nor an error without its context.
create temporary table logins (group_name text not null, role_name text primary key, password text not null);
create temporary table links (node_id integer not null, role_name text not null, password text not null);
set log_error_verbosity = 'terse';
\copy logins from program 'cat "$BILLING_NODE_SECRETS/logins"'
\copy links from program 'cat "$BILLING_NODE_SECRETS/links"'
reset log_error_verbosity;

-- A value of a DSN, as libpq reads it.
create function pg_temp.quote_dsn(in_value text) returns text language sql as $$
    select '''' || replace(replace(in_value, '\', '\\'), '''', '\''') || ''''
$$;

-- How connections between nodes, and of a node to itself, are encrypted and whom they believe.
create function pg_temp.make_tls() returns text language sql as $$
    select format('sslmode=%s%s', current_setting('billing_setup.ssl_mode'),
                  ' sslrootcert=' || pg_temp.quote_dsn(nullif(current_setting('billing_setup.ssl_root_cert'), '')))
$$;

-- A DSN of this node's for one of them, itself too. in_more: what its kind of connection wants beside it.
create function pg_temp.make_dsn(in_node_id integer, in_role text, in_password text, in_more text) returns text language sql as $$
    select format('host=%s port=%s dbname=%s user=%s password=%s %s %s', host, port, current_database(), in_role,
                  pg_temp.quote_dsn(in_password), pg_temp.make_tls(), in_more)
      from pg_temp.peer_nodes where node_id = in_node_id
$$;

-- Statements sent over it are bounded at the other node, by the role or by whoever waits; here the socket is.
create function pg_temp.make_call_dsn(in_node_id integer, in_role text, in_password text) returns text language sql as $$
    select pg_temp.make_dsn(in_node_id, in_role, in_password,
        'connect_timeout=2 tcp_user_timeout=5000 keepalives=1 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 '
        'application_name=billing_peer_of_node' || current_setting('billing_setup.node_id'))
$$;

-- Whether somebody is let in with it now.
create function pg_temp.is_answered(in_dsn text) returns boolean language plpgsql as $$
begin
    perform public.dblink_connect('is_answered', in_dsn);
    perform public.dblink_disconnect('is_answered');
    return true;
exception when sqlclient_unable_to_establish_sqlconnection then
    return false;
end $$;

-- Whether every process that sends to another node has come to a place in the WAL, or comes there in time.
create function pg_temp.are_senders_at(in_lsn pg_lsn, in_patience interval) returns boolean language plpgsql as $$
declare
    began_at constant timestamptz := clock_timestamp();
begin
    while exists (select from pg_replication_slots r join pg_stat_get_wal_senders() s on s.pid = r.active_pid
                   where r.database = current_database() and s.sent_lsn < in_lsn) loop
        if clock_timestamp() > began_at + in_patience then
            return false;
        end if;
        perform pg_sleep(0.01);
    end loop;
    return true;
end $$;

-- Locks tables against writers until the commit, with no change of them before a sender: before its set or its triggers
-- change. pglogical before 2.4.6 frees what it knows of a table when that changes, even in the middle of a row of it: it then
-- sends parts of the row, or ends with the server (docs/faults-found.md). Waited for without the lock first, as a sender may be far behind.
-- Gives up a lock that is not got within a moment and begins anew, so that it never stands in a circle of those who wait.
create function pg_temp.lock_for_senders(variadic in_relations regclass[]) returns void language plpgsql as $$
declare
    deadline constant timestamptz := clock_timestamp()
                                     + make_interval(secs => current_setting('billing_setup.sync_timeout_s')::float);
    patience constant text := current_setting('lock_timeout');
begin
    loop
        begin
            -- Less than deadlock_timeout, by which the other would be ended.
            perform set_config('lock_timeout', '900ms', true);
            if pg_temp.are_senders_at(pg_current_wal_flush_lsn(), deadline - clock_timestamp()) then
                execute format('lock table %s in share row exclusive mode', array_to_string(in_relations, ', '));
                perform set_config('lock_timeout', patience, true);
                if pg_temp.are_senders_at(pg_current_wal_flush_lsn(), '2 s') then
                    return;
                end if;
            end if;
            raise exception 'a process that sends to another node is behind: % cannot be changed now', array_to_string(in_relations, ', ')
                using errcode = 'GB016', hint = 'Run this again once it has caught up: select * from billing.replication_status().';
        exception when sqlstate 'GB016' or lock_not_available then   -- and the lock is given back
            if clock_timestamp() > deadline then
                raise;
            end if;
        end;
    end loop;
end $$;

-- What packs a row that changed, where nobody has packed it (docs/batches.md). Both tables are locked. The functions that
-- write entries of these two types, and those that name a batch, pack what they change themselves.
create function pg_temp.make_pack_triggers() returns void language plpgsql as $$
begin
    create or replace trigger trg_pack after insert on billing.transaction_log
        for each row when (new.operation_type not in ('pay_in', 'pay_out')) execute function billing.pack_entry();
    create or replace trigger trg_pack_insert after insert on billing.account_balances
        for each row when (new.batch_id = 0) execute function billing.pack_part();
    create or replace trigger trg_pack_update after update on billing.account_balances
        for each row when (new.batch_id = old.batch_id) execute function billing.pack_part();
    alter table billing.transaction_log enable trigger trg_pack;
    alter table billing.account_balances enable trigger trg_pack_insert, enable trigger trg_pack_update;
end $$;
