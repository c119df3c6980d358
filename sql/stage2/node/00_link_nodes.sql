-- As whom this node calls the others, now that they know who comes: a new password, a twin, another address. A node that does
-- not let this one in so keeps its DSN, if that names another role: of a version before, or not set up with it yet.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
do $$
declare
    link  record;
    known text;
begin
    for link in select l.node_id, l.role_name, pg_temp.make_call_dsn(l.node_id, l.role_name, l.password) as dsn
                  from pg_temp.links l join pg_temp.peer_nodes using (node_id)
                 where l.role_name !~ '^billing_replicator' order by l.node_id loop
        known := public.get_decrypted_dsn(link.node_id);
        continue when known = link.dsn;
        if strpos(known, format(' user=%s ', link.role_name)) > 0 or pg_temp.is_answered(link.dsn) then
            update billing.node_config set encrypted_dsn = billing.encrypt_dsn(link.dsn) where node_id = link.node_id;
        else
            raise warning 'node % does not let % in: it is called as before. Run this again once it is set up with it',
                link.node_id, link.role_name;
        end if;
    end loop;
end $$;
reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
