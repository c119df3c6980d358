create or replace function billing.send_columns(in_relation regclass, in_columns text[], in_row_filter text)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.send_columns(3)
--
--   From this commit on this node sends these columns of a table, which every
--   receiver must have. What stood in new ones before is sent again, but their
--   default, which receivers have by themselves; but of batches, which are read once. For the pipeline, which sets
--   session_replication_role: rows are not changed, so no trigger is to run.
--   Each value is made anew, as pglogical does not send one that stays where it
--   was beside the table (TOAST).
--
-- Locks     the table against writers until the commit, so for as long as rows are sent again
-- Source    pglogical has no call for other columns: the table leaves its set
--           and enters it again, and is decoded in the order of commits
-- ---------------------------------------------------------------------------
declare
    set_name  constant name := format('node%s_set', local_node_id());
    were_sent constant text[] := (select s.columns from list_sent_columns() s where s.relation = in_relation);
    added     record;
begin
    if were_sent is null then
        -- Rows of before are copied by themselves. Of batches and seals there are none; a copy would keep batches of meanwhile
        -- out, and bring seals before their entries.
        perform pglogical.replication_set_add_table(set_name, in_relation, in_relation <> all ('{batches,seals}'::regclass[]),
                                                    in_columns, in_row_filter);
        return;
    end if;
    perform pglogical.replication_set_remove_table(set_name, in_relation);
    perform pglogical.replication_set_add_table(set_name, in_relation, false, in_columns, in_row_filter);
    for added in
        select a.attname as name, coalesce(pg_get_expr(d.adbin, d.adrelid), 'null') as default_value,
               case when t.typcategory = 'A' then format('%I[:]', a.attname)
                    else format('(array[%I])[1]', a.attname) end as made_anew
          from pg_attribute a
          join pg_type t on t.oid = a.atttypid
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         where a.attrelid = in_relation and a.attnum > 0 and in_relation <> 'batches'::regclass
           and a.attname = any (in_columns) and a.attname <> all (were_sent)
    loop
        execute format('update %1$s set %2$I = %3$s where %4$s and %2$I is distinct from %5$s', in_relation, added.name,
                       added.made_anew, coalesce(in_row_filter, 'true'), added.default_value);
    end loop;
end;
$$;
