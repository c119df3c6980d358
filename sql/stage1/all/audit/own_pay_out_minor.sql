create or replace function billing.own_pay_out_minor(in_pay_out billing.pay_outs)
returns numeric
language sql
stable
as $$
-- Internal: what a pay-out of this node must have taken from this node's part by now: its share once it
-- is committed, or of a hold open, and what is set aside for it.
    select case when in_pay_out.status not in ('committed', 'held') then 0::numeric
                when in_pay_out.taken_nodes is null then in_pay_out.amount_minor::numeric
                else coalesce((select sum(t.minor) from unnest(in_pay_out.taken_nodes, in_pay_out.taken_minor) as t (node, minor)
                                where t.node = billing.local_node_id()), 0) end
           + coalesce((select sum(r.amount_minor) from billing.reservations r
                        where r.pay_out_id = in_pay_out.id and r.state = 'reserved'), 0);
$$;
