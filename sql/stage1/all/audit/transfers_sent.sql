create or replace function billing.transfers_sent(in_transfer_ids uuid[], in_to_node_id integer)
returns jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- For another node's auditor: which of these transfers this node has sent there.
    select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'account_id', t.account_id, 'amount_minor', t.amount_minor)), '[]')
      from transfers t
     where t.id = any (in_transfer_ids) and t.node_id = local_node_id() and t.to_node_id = in_to_node_id
       and t.state in ('in_transit', 'delivered');
$$;
