create or replace function billing.list_unsent()
returns table (relation regclass, columns text[], row_filter text, added text[], removed text[])
language sql
stable
set search_path = billing, pg_temp
as $$
-- Tables of sent_tables of which this node's set sends other columns, or nothing yet: as it is to be, and what is missing
-- or too much. For the pipeline.
    select * from (
        select w.relation, w.columns, w.row_filter,
               array(select unnest(w.columns) except select unnest(s.columns)) as added,
               array(select unnest(s.columns) except select unnest(w.columns)) as removed
          from sent_tables() w
          left join list_sent_columns() s on s.relation = w.relation) t
     where t.added <> '{}' or t.removed <> '{}'
$$;
