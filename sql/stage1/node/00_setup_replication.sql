-- This node as a pglogical provider: its own rows, and nobody else's, to whoever subscribes.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
set log_error_verbosity = 'terse';

-- A first copy of data is written through the node's own DSN. Its role never leaves this server: the
-- password is made here, is in no file, and is new whenever the node's address changes.
do $$
declare
    self      integer := billing.local_node_id();
    node_name name := 'node' || self;
    address   text := (select format('host=%s port=%s dbname=%s user=billing_copier %s', host, port, current_database(), pg_temp.make_tls())
                         from pg_temp.peer_nodes where node_id = self);
    secret    text;
    known     text := (select i.if_dsn from pglogical.local_node l
                         join pglogical.node_interface i on i.if_id = l.node_local_interface);
begin
    if address is null then
        raise exception 'BILLING_PEER_NODES does not name node %', self using errcode = 'GB016';
    end if;
    if known is null or known not like address || ' %' then
        secret := encode(public.gen_random_bytes(24), 'hex');
        execute format('alter role billing_copier login password %L', secret);
        if known is null then
            perform pglogical.create_node(node_name, address || ' password=' || secret);
        else
            -- pglogical has no call for a new DSN of the local interface.
            update pglogical.node_interface set if_dsn = address || ' password=' || secret
             where if_id = (select node_local_interface from pglogical.local_node);
        end if;
    end if;
end $$;

-- What the peers read here as billing_replicator, and a first copy writes as billing_copier: both are granted the
-- same tables in all/grants.sql. Of a set that is there the peers get what is new in stage 2.
do $$
declare
    sent record;
    set_name constant name := format('node%s_set', billing.local_node_id());
    copy_set_name constant name := format('node%s_copies', billing.local_node_id());
begin
    -- Tables that a first copy brings and whose changes are not sent: what batches say (stage2/node/03_pack_changes.sql).
    if not exists (select from pglogical.replication_set s join pglogical.local_node l on l.node_id = s.set_nodeid
                    where s.set_name = copy_set_name) then
        perform pglogical.create_replication_set(copy_set_name, false, false, false, false);
    end if;
    if not exists (select from pglogical.replication_set s join pglogical.local_node l on l.node_id = s.set_nodeid
                    where s.set_name = format('node%s_set', billing.local_node_id())) then
        perform pglogical.create_replication_set(set_name, replicate_truncate := false);
        for sent in select * from billing.sent_tables() loop
            perform pglogical.replication_set_add_table(set_name, sent.relation, true, sent.columns, sent.row_filter);
        end loop;
    end if;
end $$;
reset log_error_verbosity;
reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
