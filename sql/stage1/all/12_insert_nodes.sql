-- This node's own list of all nodes, with the DSN that connect_to_node uses, and the DSN to itself as
-- billing_coordinator that withdraw_balance uses. A re-run changes a row only if its DSN or the key has
-- changed: rotating the key = replacing the file and running again.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
create temporary table dsn_secrets (role_name text primary key, password text not null);
\copy dsn_secrets from program 'for role in billing_peer billing_coordinator; do printf "%s\t%s\n" "$role" "$(head -n 1 "$BILLING_SECRETS_DIR/$role.password" | sed -e "s/\\\\/&&/g")"; done'

create function pg_temp.make_dsn(in_host text, in_port text, in_role text) returns text language sql as $$
    -- Statements sent to a node are bounded there, by the role or by whoever waits; here the socket is.
    select format('host=%s port=%s dbname=%s user=%s password=''%s'' sslmode=%s '
                  'connect_timeout=2 tcp_user_timeout=5000 keepalives=1 keepalives_idle=5 '
                  'keepalives_interval=2 keepalives_count=3 application_name=billing_peer_of_node%s',
                  btrim(in_host, '[]'), in_port, current_database(), in_role,
                  replace(replace(password, '\', '\\'), '''', '\'''),
                  current_setting('billing_setup.ssl_mode'), current_setting('billing_setup.node_id'))
      from pg_temp.dsn_secrets where role_name = in_role
$$;

-- The cipher as it is if it says just that, else a new one.
create function pg_temp.encrypt_dsn(in_known bytea, in_dsn text) returns bytea language plpgsql as $$
begin
    if public.pgp_sym_decrypt(in_known, public.get_encryption_key()) = in_dsn then
        return in_known;
    end if;
    raise external_routine_invocation_exception;
exception when external_routine_invocation_exception then
    -- Another DSN, or encrypted with an older key.
    return public.pgp_sym_encrypt(in_dsn, public.get_encryption_key(), 'cipher-algo=aes256, s2k-digest-algo=sha256');
end $$;

do $$
declare
    peer   text;
    parts  text[];
    known  bytea;
    cipher bytea;
begin
    foreach peer in array regexp_split_to_array(btrim(current_setting('billing_setup.peer_nodes')), '\s+') loop
        parts := regexp_match(peer, '^(\d+)=(.+):(\d+)$');
        if parts is null then
            raise exception 'BILLING_PEER_NODES: "%" is not <id>=<host>:<port>', peer using errcode = 'GB016';
        end if;
        known := (select encrypted_dsn from billing.node_config where node_id = parts[1]::integer);
        cipher := pg_temp.encrypt_dsn(known, pg_temp.make_dsn(parts[2], parts[3], 'billing_peer'));
        if known is distinct from cipher then
            insert into billing.node_config (node_id, encrypted_dsn) values (parts[1]::integer, cipher)
            on conflict (node_id) do update set encrypted_dsn = excluded.encrypted_dsn;
        end if;
        if parts[1] = current_setting('billing_setup.node_id') then
            known := (select encrypted_dsn from billing.node_identity);
            cipher := pg_temp.encrypt_dsn(known, pg_temp.make_dsn(parts[2], parts[3], 'billing_coordinator'));
            if known is distinct from cipher then
                update billing.node_identity set encrypted_dsn = cipher;
            end if;
        end if;
    end loop;
end $$;
drop function pg_temp.make_dsn(text, text, text), pg_temp.encrypt_dsn(bytea, text);
drop table dsn_secrets;
reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
