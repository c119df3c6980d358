create or replace function billing.describe_pay_out(in_pay_out_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.describe_pay_out(1)
--
--   A pay-out that this node keeps: {pay_out_id, tenant, account_id, amount_minor,
--   currency, status, rejection, reference, metadata, created_at, decided_at,
--   duplicate_of: the one that stands for it under its key, after it was given back,
--   charge: {service_id, quantity, price, unit, amount_minor}, null of what is none,
--   up_to: {up_to_minor, minimum_minor}, of a committed one also {amount_minor, is_exhausted,
--   unreachable_nodes}, null of an exact amount,
--   parts: [{node_id, amount_minor}] in order of node, empty unless committed,
--   refunded_minor, refunds: as billing.refunds_of};
--   amounts, the account's id and metadata, which is JSON text, are strings;
--   currency is null while the account's row is copied anew to this node
--   (billing.list_copies). Null: not kept here, or a hold.
-- ---------------------------------------------------------------------------
begin
    return (select jsonb_build_object(
        'pay_out_id', p.id, 'tenant', p.tenant, 'account_id', p.account_id::text, 'amount_minor', p.amount_minor::text,
        'currency', a.currency, 'status', p.status, 'rejection', p.rejection, 'reference', p.reference,
        'metadata', p.metadata::text, 'created_at', p.created_at, 'decided_at', p.decided_at,
        'refunded_minor', p.refunded_minor::text,
        'refunds', case when p.refunded_minor > 0 then refunds_of(p.id) else '[]' end,
        'duplicate_of', case when p.duplicate_of is not null then standing_of(p) end, 'charge', p.charge,
        'up_to', p.up_to,
        'parts', case
            when p.status <> 'committed' then '[]'
            when p.taken_nodes is null then jsonb_build_array(
                jsonb_build_object('node_id', local_node_id(), 'amount_minor', p.amount_minor::text))
            else (select coalesce(jsonb_agg(jsonb_build_object('node_id', t.node_id, 'amount_minor', t.amount_minor::text) order by t.node_id), '[]')
                    from unnest(p.taken_nodes, p.taken_minor) as t (node_id, amount_minor)) end)
      from pay_outs p
      left join accounts a on a.id = p.account_id
     where p.id = in_pay_out_id and p.held_for_ms is null);
end;
$$;
