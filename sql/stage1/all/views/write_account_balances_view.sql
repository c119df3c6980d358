create or replace function billing.write_account_balances_view()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- Trigger on the view public.account_balances. A balance is the sum of its
-- entries, so money comes in by an entry, and does not go by an UPDATE: a
-- withdrawal commits on its own, which no row of a view can do.
--
--   INSERT  this node's row of an account; what is in it is a deposit
--   UPDATE  of balance, upwards: the difference is a deposit, whatever else
--           has changed the balance meanwhile
--   DELETE  refused: with n nodes an account has n rows
--
-- Raises    GB021 downwards, another key, DELETE      23505 the row is there
--           what deposit_balance raises
-- ---------------------------------------------------------------------------
declare
    account  accounts;
    added    numeric;
begin
    if tg_op = 'DELETE' then
        perform refuse_view_write('account_balances', 'an account keeps its row at each node',
                                  'withdraw_balance empties it, delete_account ends the account.');
    elsif tg_op = 'INSERT' then
        perform require_local_node(new.node_id);
        account := open_account_row(new.account_id);
        added := coalesce(new.balance, 0);
        if added < 0 then
            raise exception 'account % cannot begin with %', new.account_id, added using errcode = 'GB006';
        end if;
        insert into account_balances (account_id, node_id) values (new.account_id, new.node_id);
        new.balance := to_major(to_minor(added, account.currency), account.currency);
    elsif (new.account_id, new.node_id) is distinct from (old.account_id, old.node_id) then
        perform refuse_view_write('account_balances', 'a row keeps its account and its node',
                                  'Money moves by deposit_balance and withdraw_balance.');
    else
        added := new.balance - old.balance;
        if added is null or added < 0 then
            perform refuse_view_write('account_balances', 'a balance goes down by an entry only',
                                      'withdraw_balance(account_id, amount, node_id) pays out.');
        end if;
    end if;
    if added > 0 then
        perform public.deposit_balance(new.account_id, added, new.node_id);
    end if;
    return new;
end;
$$;
