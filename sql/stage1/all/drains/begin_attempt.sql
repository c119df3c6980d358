create or replace function billing.begin_attempt(in_pay_out_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.begin_attempt(1)
--
--   A further attempt of a pay-out whose last one was contended. It asks every
--   node, so that two rounds can prove what there is.
--
-- Returns   as billing.start_attempt; null when the pay-out is not pending, has
--           an attempt that is, or is past its deadline
-- Locks     row of pay_outs, row of account_balances
-- Writes    as billing.start_attempt
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    pay_out pay_outs;
begin
    select * into pay_out from pay_outs where id = in_pay_out_id for update;
    if pay_out.status is distinct from 'pending' or pay_out.deadline_at <= clock_timestamp()
       or exists (select from pay_out_attempts a where a.pay_out_id = in_pay_out_id and a.state = 'pending') then
        return null;
    end if;
    return start_attempt(pay_out, true);
end;
$$;
