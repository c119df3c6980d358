create or replace function billing.list_sent_columns()
returns table (relation regclass, columns text[], row_filter text)
language sql
stable
set search_path = billing, pg_temp
as $$
-- What this node's replication set really sends now; columns in their order in the table. For the pipeline: needs pglogical.
    select t.set_reloid::regclass,
           array(select a.attname::text from pg_attribute a
                  where a.attrelid = t.set_reloid and a.attnum > 0 and not a.attisdropped
                    and (t.set_att_list is null or a.attname = any (t.set_att_list)) order by a.attnum),
           pg_get_expr(t.set_row_filter, t.set_reloid)
      from pglogical.replication_set_table t
      join pglogical.replication_set s on s.set_id = t.set_id
      join pglogical.local_node l on l.node_id = s.set_nodeid
     where s.set_name = format('node%s_set', local_node_id())
$$;
