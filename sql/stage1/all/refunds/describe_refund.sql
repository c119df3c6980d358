create or replace function billing.describe_refund(in_refund billing.refunds)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.describe_refund(1)
--
--   Internal: a refund of this node: {refund_id, pay_out_id: of a capture its hold,
--   capture_id, account_id, amount_minor, currency, refunded_minor: of its pay-out or
--   capture by now, remaining_minor: of what is confirmed, reference, metadata (JSON
--   text), created_at}; amounts and the account's id are strings; currency is null while
--   the account's row is copied anew to this node.
-- ---------------------------------------------------------------------------
    select jsonb_build_object(
               'refund_id', in_refund.id, 'pay_out_id', p.id, 'capture_id', in_refund.capture_id, 'account_id', p.account_id::text,
               'amount_minor', in_refund.amount_minor::text, 'currency', a.currency,
               'refunded_minor', l.refunded_minor::text, 'remaining_minor', l.remaining_minor::text,
               'reference', in_refund.reference, 'metadata', in_refund.metadata::text, 'created_at', in_refund.created_at)
      from pay_outs p
     cross join lateral left_to_refund(p, in_refund.capture_id) l
      left join accounts a on a.id = p.account_id
     where p.id = in_refund.pay_out_id;
$$;

create or replace function billing.tell_refund(in_status text, in_refund billing.refunds)
returns jsonb
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: the answer that a refund was made, in this transaction or before. Writes batches.
    select jsonb_build_object('status', in_status, 'refund', describe_refund(in_refund), 'position', case in_status
               when 'refunded' then describe_batch(local_node_id(), tell_refund_key(in_refund)) else write_position() end);
$$;

create or replace function billing.refunds_of(in_pay_out_id uuid)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: refunds of a pay-out of this node, or of a hold's captures, the newest 200 of them, the oldest first: [{refund_id,
-- capture_id, amount_minor, reference, created_at}].
    select coalesce(jsonb_agg(jsonb_build_object('refund_id', r.id, 'capture_id', r.capture_id, 'amount_minor', r.amount_minor::text, 'reference', r.reference,
                                                 'created_at', r.created_at) order by r.created_at, r.id), '[]')
      from (select * from refunds r where r.pay_out_id = in_pay_out_id order by r.created_at desc, r.id desc limit 200) r;
$$;
