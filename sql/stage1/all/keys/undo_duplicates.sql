create or replace function billing.undo_duplicates(in_limit integer, out undone integer, out left_over integer)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.undo_duplicates(1)
--
--   Gives back pay-outs of this node that another one stands for under the same
--   key: an entry correction under the pay-out's id, whose reference names the one
--   that stands. Once, whoever has found the pair and however often: the row says so.
--
-- Parameters
--   in_limit   pay-outs at most
-- Returns
--   undone     pay-outs
--   left_over  that could not be given back now: the part would leave bigint's range
-- Locks     rows of arrived_duplicates (skip locked), of pay_outs, of account_balances
-- Writes    pay_outs, transaction_log (correction), account_balances, arrived_duplicates
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    pair  arrived_duplicates;
    given pay_outs;
begin
    undone := 0;
    left_over := 0;
    for pair in select * from arrived_duplicates d order by d.pay_out_id limit in_limit for update skip locked loop
        begin
            update pay_outs p set duplicate_of = pair.stands_id
             where p.id = pair.pay_out_id and p.status = 'committed' and p.duplicate_of is null
            returning * into given;
            if found then
                perform credit_local(given.account_id, given.amount_minor, 'correction', given.id,
                                     'duplicate of ' || given.duplicate_of);
                undone := undone + 1;
            end if;
            delete from arrived_duplicates d where d.pay_out_id = pair.pay_out_id;
        exception when sqlstate 'GB014' then
            left_over := left_over + 1;
        end;
    end loop;
end;
$$;
