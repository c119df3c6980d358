-- Sets of schema version 5 and before name no columns: they send whatever a table has. What that is now is named before
-- a table gets more, so that receivers of the version before get nothing they do not know (docs/adr/0028). To go with
-- the version that no longer comes after 5.
do $$
declare
    sent record;
begin
    if to_regclass('pglogical.replication_set_table') is null then
        return;
    end if;
    for sent in
        select s.set_name, t.set_reloid::regclass as relation, pg_get_expr(t.set_row_filter, t.set_reloid) as row_filter,
               array(select a.attname::text from pg_attribute a
                      where a.attrelid = t.set_reloid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns
          from pglogical.replication_set_table t
          join pglogical.replication_set s on s.set_id = t.set_id
          join pglogical.local_node l on l.node_id = s.set_nodeid
         where t.set_att_list is null and s.set_name ~ '^node\d+_set$'
    loop
        perform pg_temp.lock_for_senders(sent.relation);
        perform pglogical.replication_set_remove_table(sent.set_name, sent.relation);
        perform pglogical.replication_set_add_table(sent.set_name, sent.relation, false, sent.columns, sent.row_filter);
        commit;   -- the lock against writers is held no longer
    end loop;
end $$;
