create or replace function billing.transfers_credited(in_transfer_ids uuid[])
returns jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- For another node's auditor: which of these transfers this node has credited, to whom and with how much.
    select coalesce(jsonb_agg(jsonb_build_object('id', c.operation_id, 'account_id', c.account_id, 'amount_minor', c.minor)), '[]')
      from (select l.operation_id, min(l.account_id) as account_id, sum(l.amount_minor) as minor
              from transaction_log l
             where l.operation_id = any (in_transfer_ids) and l.node_id = local_node_id()
               and l.operation_type = 'transfer_in' group by 1) c;
$$;
