-- What a first copy brings of parts is what their batches say, once every node has it (docs/adr/0028).
do $$
declare
    set_name constant name := format('node%s_copies', billing.local_node_id());
    columns  text[];
begin
    select t.set_att_list::text[] into columns
      from pglogical.replication_set_table t
      join pglogical.replication_set s on s.set_id = t.set_id
      join pglogical.local_node l on l.node_id = s.set_nodeid
     where s.set_name = format('node%s_copies', billing.local_node_id()) and t.set_reloid = 'billing.account_balances'::regclass;
    if 'held_minor' <> all (columns) and billing.schema_version() >= 10 then
        perform pg_temp.lock_for_senders('billing.account_balances');
        perform pglogical.replication_set_remove_table(set_name, 'billing.account_balances');
        perform pglogical.replication_set_add_table(set_name, 'billing.account_balances', false, columns || 'held_minor'::text,
                                                    format('node_id = %s', billing.local_node_id()));
    end if;
end $$;

-- The switch (docs/batches.md): from this commit on what changes in transaction_log and account_balances is sent as batches.
-- Once the upgrade is complete, so that every node has what takes them. Both locks at once: whoever waits for one meanwhile
-- finds the new triggers and the new form when he has it.
do $$
declare
    self     constant integer := billing.local_node_id();
    set_name constant name := format('node%s_set', self);
    copied   record;
    began_at constant timestamptz := clock_timestamp();
    waits_for text;
begin
    if billing.is_packed() or not exists (select from billing.completed_upgrades c where c.version >= 9) then
        return;
    end if;
    -- A call of before stage 1 may be in a function of the version before, which packs nothing.
    loop
        select string_agg(format('%s of %s', a.pid, a.usename), ', ') into waits_for
          from pg_stat_activity a
         where a.datname = current_database() and a.backend_type = 'client backend' and a.state = 'active'
           and a.pid <> pg_backend_pid() and a.xact_start < began_at;
        exit when waits_for is null;
        if clock_timestamp() > began_at + interval '30 s' then
            raise exception 'changes are not sent packed yet: transactions of before go on (%)', waits_for
                using errcode = 'GB016', hint = 'Run this again once they have ended.';
        end if;
        perform pg_sleep(0.05);
        perform pg_stat_clear_snapshot();
    end loop;
    perform pg_temp.lock_for_senders('billing.transaction_log', 'billing.account_balances');
    for copied in select * from billing.sent_tables() s
                   where s.relation in ('billing.transaction_log'::regclass, 'billing.account_balances'::regclass) loop
        perform pglogical.replication_set_remove_table(set_name, copied.relation);
        perform pglogical.replication_set_add_table(format('node%s_copies', self), copied.relation, false, copied.columns,
                                                    copied.row_filter);
    end loop;
    perform pg_temp.make_pack_triggers();
    create or replace function billing.is_packed() returns boolean language sql stable parallel safe as 'select true';
end $$;
