-- This node's own list of all nodes, with the DSN that connect_to_node uses. A re-run changes a row
-- only if its DSN or the key has changed: rotating the key = replacing the file and running again.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
create temporary table peer_secret (password text not null);
\copy peer_secret from program 'head -n 1 "$BILLING_SECRETS_DIR/billing_peer.password" | sed -e "s/\\\\/&&/g"'

do $$
declare
    peer   text;
    parts  text[];
    dsn    text;
    known  text;
    secret text := (select replace(replace(password, '\', '\\'), '''', '\''') from pg_temp.peer_secret);
begin
    foreach peer in array regexp_split_to_array(btrim(current_setting('billing_setup.peer_nodes')), '\s+') loop
        parts := regexp_match(peer, '^(\d+)=(.+):(\d+)$');
        if parts is null then
            raise exception 'BILLING_PEER_NODES: "%" is not <id>=<host>:<port>', peer using errcode = 'GB016';
        end if;
        -- Statements sent to a peer are bounded there (role billing_peer); here the socket is.
        dsn := format('host=%s port=%s dbname=%s user=billing_peer password=''%s'' sslmode=%s '
                      'connect_timeout=2 tcp_user_timeout=5000 keepalives=1 keepalives_idle=5 '
                      'keepalives_interval=2 keepalives_count=3 application_name=billing_peer_of_node%s',
                      btrim(parts[2], '[]'), parts[3], current_database(), secret,
                      current_setting('billing_setup.ssl_mode'), current_setting('billing_setup.node_id'));
        begin
            known := (select public.pgp_sym_decrypt(encrypted_dsn, public.get_encryption_key())
                        from billing.node_config where node_id = parts[1]::integer);
        exception when external_routine_invocation_exception then
            known := null;   -- encrypted with an older key
        end;
        if known is distinct from dsn then
            insert into billing.node_config (node_id, encrypted_dsn)
            values (parts[1]::integer,
                    public.pgp_sym_encrypt(dsn, public.get_encryption_key(), 'cipher-algo=aes256, s2k-digest-algo=sha256'))
            on conflict (node_id) do update set encrypted_dsn = excluded.encrypted_dsn;
        end if;
    end loop;
end $$;
drop table peer_secret;
reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
