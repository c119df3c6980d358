create or replace function billing.add_donors(in_position text, in_pay_out_id uuid)
returns text
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: this node's position of a pay-out that it keeps, with its donors'. Null: none is known.
begin
    return (select nullif(concat_ws(',', in_position, string_agg(describe_batch(t.node_id, t.batch_id), ',' order by t.node_id)), '')
              from pay_outs p left join lateral unnest(p.taken_nodes, p.taken_batch_ids) as t (node_id, batch_id) on true
             where p.id = in_pay_out_id);
end;
$$;
