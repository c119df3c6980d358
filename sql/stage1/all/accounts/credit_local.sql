create or replace function billing.credit_local(
    in_account_id      bigint,
    in_amount_minor    bigint,
    in_operation_type  billing.operation_type,
    in_operation_id    uuid,
    in_reference       text default null
)
returns bigint
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.credit_local(5)
--
--   One credit of this node's part of one account: entry and balance together,
--   never one without the other. Batches of pay-ins have billing.credit_pay_ins.
--   The caller has judged the account; the trigger on transaction_log judges again.
--
-- Parameters
--   in_operation_type  a credit: deposit, opening, transfer_in, release, correction, refund.
--                      All but release count as income.
-- Returns   the local balance after it
-- Locks     row of account_balances
-- Writes    transaction_log, account_balances
-- Raises    GB003 account deleted (deposit, opening)
--           GB014 the balance would leave the range of bigint
-- ---------------------------------------------------------------------------
declare
    self   integer := local_node_id();
    income bigint := case when in_operation_type = 'release'
                          then 0 else in_amount_minor end;
    after  bigint;
begin
    insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, reference)
    values (in_account_id, in_amount_minor, in_operation_id, self, in_operation_type, in_reference);

    insert into account_balances as b (account_id, node_id, balance_minor, income_minor)
    values (in_account_id, self, in_amount_minor, income)
    on conflict (account_id, node_id) do update
       set balance_minor = b.balance_minor + excluded.balance_minor,
           income_minor  = b.income_minor  + excluded.income_minor
    returning b.balance_minor into after;
    return after;
exception when numeric_value_out_of_range then
    raise exception 'the balance of account % would exceed what can be kept', in_account_id
        using errcode = 'GB014';
end;
$$;
