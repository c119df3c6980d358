-- Columns and tables that are new are sent to the other nodes once every one of them has them (docs/adr/0028): they do
-- when this run brought all of them up to date. What one lacks, or who does not answer, is said, and a later run sends it.
-- A column goes once no receiver needs a value for it: its new rows get none there.
create temporary table unsent as select * from billing.list_unsent();

do $$
declare
    peer    integer;
    has     text[];
    unready record;
    silent  jsonb := '{}';   -- peer: what became of asking it
    missing text;
begin
    if not exists (select from pg_temp.unsent) then
        return;
    end if;
    create temporary table column_of_peer (node_id integer, relation_name text, column_name text, needs_value boolean);
    for peer in select node_id from billing.node_config where node_id <> billing.local_node_id() order by node_id loop
        begin
            has := billing.query_node(public.connect_to_node(peer), $q$
                select array_agg(format('%s.%s.%s', c.relname, a.attname, a.attnotnull and not a.atthasdef))::text
                  from pg_attribute a join pg_class c on c.oid = a.attrelid
                 where c.relnamespace = (select oid from pg_namespace where nspname = 'billing')
                   and a.attnum > 0 and not a.attisdropped $q$)::text[];
            insert into pg_temp.column_of_peer
            select peer, split_part(h, '.', 1), split_part(h, '.', 2), split_part(h, '.', 3)::boolean from unnest(has) h;
        exception when others then
            silent := silent || jsonb_build_object(peer::text, sqlerrm);
        end;
    end loop;
    for unready in select * from pg_temp.unsent order by relation::text loop
        select string_agg(format('node %s %s', n.node_id, coalesce('cannot be asked (' || (silent ->> n.node_id::text) || ')',
                          case when unready.added = '{}' then 'needs a value there' else 'has not got it' end)), ', '
                          order by n.node_id)
          into missing
          from billing.node_config n
         where n.node_id <> billing.local_node_id()
           and (exists (select c from unnest(unready.added) c
                        except
                        select p.column_name from pg_temp.column_of_peer p
                          join pg_class r on r.relname = p.relation_name and r.oid = unready.relation
                         where p.node_id = n.node_id)
                or silent ? n.node_id::text
                or exists (select from pg_temp.column_of_peer p
                             join pg_class r on r.relname = p.relation_name and r.oid = unready.relation
                            where p.node_id = n.node_id and p.needs_value and p.column_name = any (unready.removed)));
        if missing is null then
            perform pg_temp.lock_for_senders(unready.relation);
            perform set_config('session_replication_role', 'replica', true);
            perform billing.send_columns(unready.relation, unready.columns, unready.row_filter);
            commit;
        else
            raise warning '% to the other nodes %: % of %: %. Run this again once every node is up to date.',
                case when unready.added = '{}' then 'sent' else 'not sent' end,
                case when unready.added = '{}' then 'still' else 'yet' end,
                array_to_string(unready.added || unready.removed, ', '), unready.relation, missing;
        end if;
    end loop;
end $$;
drop table unsent;
