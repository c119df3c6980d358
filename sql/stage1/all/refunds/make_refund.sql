create or replace function billing.make_refund(in_refund billing.refunds, in_metadata text, in_paid billing.pay_outs)
returns billing.refunds
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.make_refund(3)
--
--   Internal: a refund that was judged, of a pay-out or a hold whose row the caller has
--   locked: its row, the sums of the pay-out and the capture and the credit together, never one without the
--   others. It is income, on which the proof of insufficient funds rests (docs/drain.md).
--
-- Parameters
--   in_refund    without id, pay_out_id and time
--   in_metadata  JSON text, as it came; null: none
-- Returns   its row
-- Locks     row of account_balances
-- Writes    refunds, pay_outs, hold_operations, transaction_log, account_balances
-- Raises    GB014 as credit_local
-- ---------------------------------------------------------------------------
declare
    made refunds := in_refund;
begin
    made.created_at := clock_timestamp();
    made.id := new_pay_out_id(0, made.created_at);
    made.pay_out_id := in_paid.id;
    made.metadata := in_metadata::json;
    insert into refunds values (made.*);
    update pay_outs p set refunded_minor = p.refunded_minor + made.amount_minor where p.id = made.pay_out_id;
    update hold_operations o set refunded_minor = o.refunded_minor + made.amount_minor where o.id = made.capture_id;
    perform credit_local(in_paid.account_id, made.amount_minor, 'refund', made.id, made.reference);
    return made;
end;
$$;
