create or replace function billing.require_local_node(in_node_id integer)
returns void
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: raises GB004 unless the node is this one. A part is changed by its owner only.
begin
    if in_node_id is distinct from local_node_id() then
        raise exception 'this is node %, not node %', local_node_id(), in_node_id using errcode = 'GB004';
    end if;
end;
$$;
