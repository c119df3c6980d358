create or replace function billing.mark_told(in_node_id integer, in_attempt_ids uuid[])
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- The node has carried out these decisions. Returns how many were not known to be. A repeat changes nothing.
declare
    marked integer;
begin
    -- In order, as two tellers of two nodes may meet at the same attempts.
    perform from pay_out_attempts a where a.id = any (in_attempt_ids) order by a.id for update;
    update pay_out_attempts a set untold_nodes = array_remove(a.untold_nodes, in_node_id)
     where a.id = any (in_attempt_ids) and a.untold_nodes @> array[in_node_id];
    get diagnostics marked = row_count;
    return marked;
end;
$$;
