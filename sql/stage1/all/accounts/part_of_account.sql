create or replace function billing.part_of_account(in_account_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.part_of_account(1)
--
--   What this node has of an account: asked by peers, for billing.see_parts.
--
-- Returns   {balance_minor, reserved_minor, in_transit_minor}, numbers as text:
--           what can be spent, what is set aside for drains or held, what has left for
--           another node and is not known to have arrived
-- ---------------------------------------------------------------------------
    select jsonb_build_object(
        'balance_minor', coalesce((select b.balance_minor from account_balances b
                                    where b.account_id = in_account_id and b.node_id = local_node_id()), 0)::text,
        'reserved_minor', ((select coalesce(sum(r.amount_minor), 0) from reservations r
                             where r.account_id = in_account_id and r.state = 'reserved')
                           + (select coalesce(sum(p.amount_minor - p.captured_minor), 0) from hold_parts p
                               where p.account_id = in_account_id and p.state = 'held'))::text,
        'in_transit_minor', (select coalesce(sum(t.amount_minor), 0) from transfers t
                              where t.account_id = in_account_id and t.node_id = local_node_id()
                                and t.state = 'in_transit')::text);
$$;
