-- This node's own list of all nodes, with the DSN that connect_to_node uses, and the DSN to itself as
-- billing_coordinator that withdraw_balance uses. A node that is listed keeps its DSN until stage 2, when the others know
-- who comes; what the key does not open, as it is now, is encrypted anew.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
do $$
declare
    link   record;
    known  text;
    cipher bytea;
begin
    for link in select l.node_id, pg_temp.make_call_dsn(l.node_id, l.role_name, l.password) as dsn
                  from pg_temp.links l join pg_temp.peer_nodes using (node_id) where l.role_name !~ '^billing_replicator' loop
        cipher := (select encrypted_dsn from billing.node_config where node_id = link.node_id);
        known := billing.decrypt_dsn(cipher);
        if known is null or link.node_id = billing.local_node_id() then
            known := link.dsn;
        end if;
        if billing.decrypt_dsn(cipher, public.get_encryption_key()) is distinct from known then
            insert into billing.node_config (node_id, encrypted_dsn) values (link.node_id, billing.encrypt_dsn(known))
            on conflict (node_id) do update set encrypted_dsn = excluded.encrypted_dsn;
        end if;
    end loop;
    update billing.node_identity i set encrypted_dsn = n.encrypted_dsn
      from billing.node_config n
     where n.node_id = i.node_id and n.encrypted_dsn is distinct from i.encrypted_dsn;
end $$;
reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
