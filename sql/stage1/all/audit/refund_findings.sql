create or replace function billing.refund_findings(in_entries jsonb)
returns setof jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: which of these entries of type refund of this node, [{account_id, operation_id, amount_minor}], are not what a refund must have
-- credited. The other direction: billing.refund_differences.
    select audit_finding('refund', local_node_id(), e.account_id, e.operation_id::text, coalesce(max(r.amount_minor), 0), sum(e.amount_minor),
                         'what a refund must have credited here, and credited')
      from jsonb_to_recordset(in_entries) as e (account_id bigint, operation_id uuid, amount_minor bigint)
      left join (refunds r join pay_outs p on p.id = r.pay_out_id) on r.id = e.operation_id and p.account_id = e.account_id
     group by e.account_id, e.operation_id having sum(e.amount_minor) <> coalesce(max(r.amount_minor), 0);
$$;
