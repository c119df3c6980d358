create or replace function billing.count_open_transfers()
returns table (to_node_id integer, planned bigint, in_transit bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- What this node still has to bring to others, by node; nodes with nothing open are left out.
    select t.to_node_id, count(*) filter (where t.state = 'planned'),
           count(*) filter (where t.state = 'in_transit')
      from transfers t
     where t.node_id = local_node_id() and t.state in ('planned', 'in_transit')
     group by t.to_node_id
     order by t.to_node_id;
$$;
