create or replace function billing.add_donors(in_position text, in_pay_out_id uuid)
returns text
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: this node's position of a pay-out that it keeps, with its donors'.
    select nullif(concat_ws(',', in_position, describe_position(p.taken_nodes, p.taken_batch_ids)), '')
      from pay_outs p where p.id = in_pay_out_id;
$$;
