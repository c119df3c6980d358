-- The schema as the catalogs tell it, in lines that PostgreSQL 15 and 17 agree on. Made into
-- schema.snapshot.txt; a node's own number (local_node_id, row filters) is no part of it.
\pset format unaligned
\pset tuples_only on
select format('%s %s%s owner %s', case relkind when 'r' then 'table' when 'v' then 'view' when 'S' then 'sequence' end,
              c.oid::regclass, case relpersistence when 'u' then ' unlogged' else '' end
              || coalesce(' with (' || array_to_string(reloptions, ', ') || ')', ''), pg_get_userbyid(relowner))
       || coalesce((select string_agg(format(E'\n  %s %s%s%s', attname, format_type(atttypid, atttypmod),
                              case when attnotnull then ' not null' else '' end
                              || case attidentity when 'a' then ' identity' else '' end,
                              coalesce(' default ' || pg_get_expr(adbin, adrelid), '')), '' order by attnum)
                      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                     where attrelid = c.oid and attnum > 0 and not attisdropped and relkind in ('r', 'v')), '')
       || coalesce((select string_agg(format(E'\n  %s %s', conname, pg_get_constraintdef(k.oid)), '' order by conname)
                      from pg_constraint k where conrelid = c.oid and contype in ('p', 'u', 'f', 'c')), '')
       || coalesce((select string_agg(format(E'\n  %s', pg_get_indexdef(indexrelid)), '' order by indexrelid::regclass::text)
                      from pg_index where indrelid = c.oid and not indisprimary), '')
       || coalesce((select string_agg(format(E'\n  %s%s',
                              -- This node's number stands in the conditions as a literal.
                              regexp_replace(regexp_replace(pg_get_triggerdef(t.oid, true),
                                  '(node_id <>|% 64::bigint\) <>) \d+', '\1 <self>', 'g'), '\(\d+ <> 1\)', '(<self> <> 1)'),
                              case tgenabled when 'R' then ' (replica only)' when 'O' then '' else ' (' || tgenabled::text || ')' end), '' order by tgname)
                      from pg_trigger t where tgrelid = c.oid and not tgisinternal and tgname !~ '^queue_truncate'), '')
       || coalesce(E'\n  granted ' || (select string_agg(a::text, ' ' order by a::text) from unnest(relacl) a
                      where a::text !~ ('^' || pg_get_userbyid(relowner) || '=')), '')
  from pg_class c
 where relnamespace in ('billing'::regnamespace, 'public'::regnamespace) and relkind in ('r', 'v', 'S')
 order by relnamespace::regnamespace::text, relname;
select format('type %s = %s', t.oid::regtype, (select string_agg(enumlabel, ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid))
  from pg_type t where typnamespace = 'billing'::regnamespace and typtype = 'e' order by typname;
select format('function %s returns %s%s%s owner %s%s', p.oid::regprocedure, pg_get_function_result(p.oid),
              case when prosecdef then ' security definer' else '' end,
              case provolatile when 'i' then ' immutable' when 's' then ' stable' else '' end, pg_get_userbyid(proowner),
              coalesce(E'\n  granted ' || (select string_agg(a::text, ' ' order by a::text) from unnest(proacl) a
                       where a::text !~ ('^' || pg_get_userbyid(proowner) || '=')), ''))
  from pg_proc p
 where pronamespace in ('billing'::regnamespace, 'public'::regnamespace)
   and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
 order by pronamespace::regnamespace::text, p.oid::regprocedure::text;
select format('replicated %s (%s)%s', t.set_reloid, array_to_string(t.set_att_list, ', '),
              case when t.set_row_filter is not null then ' where ' || regexp_replace(pg_get_expr(t.set_row_filter, t.set_reloid), '\m' || billing.local_node_id() || '\M', '<node>', 'g') else '' end)
  from pglogical.replication_set_table t join pglogical.replication_set s using (set_id)
 order by t.set_reloid::text;
