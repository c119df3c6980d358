create or replace function public.log_transaction(
    p_account_id      bigint,
    p_node_id         int,
    p_operation_type  text,
    p_amount          numeric default null
)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- log_transaction(4)
--
--   Writes the entry that is missing after somebody has changed a balance row
--   by hand; the functions of this system write theirs together with the
--   balance and do not come here. Refused unless log and balance agree after it.
--   Reads every entry of the account: a tool for repair, not for traffic.
--
-- Parameters
--   p_operation_type  deposit or withdraw
--   p_amount          above zero; null: whatever is missing
-- Locks     row of account_balances
-- Writes    transaction_log, account_balances (income), batches
-- Raises    GB001 bad amount      GB002 no such account or no balance row here
--           GB004 another node    GB009 log and balance would be at odds
-- ---------------------------------------------------------------------------
declare
    account       accounts;
    balance       bigint;
    missing       bigint;
    amount_minor  bigint;
    direction     integer := case p_operation_type when 'deposit' then 1 when 'withdraw' then -1 end;
begin
    perform require_local_node(p_node_id);
    select * into account from accounts where id = p_account_id;
    select b.balance_minor into balance
      from account_balances b where b.account_id = p_account_id and b.node_id = p_node_id for update;
    if account.id is null or balance is null then
        raise exception 'account % has no balance here', p_account_id using errcode = 'GB002';
    end if;
    if direction is null then
        raise exception 'operation type must be deposit or withdraw, not %', p_operation_type using errcode = 'GB009';
    end if;

    missing := balance - (select coalesce(sum(l.amount_minor), 0) from transaction_log l
                           where l.account_id = p_account_id and l.node_id = p_node_id);
    if p_amount is null then
        amount_minor := missing;
    else
        amount_minor := to_minor(p_amount, account.currency);
        if amount_minor <= 0 then
            raise exception 'amount must be above zero, not %', p_amount using errcode = 'GB001';
        end if;
        amount_minor := amount_minor * direction;
    end if;
    if amount_minor <> missing or sign(missing) <> direction then
        raise exception 'the balance of account % differs from its entries by %, so this entry would put them at odds',
            p_account_id, to_major(missing, account.currency) using errcode = 'GB009';
    end if;

    with entry as (
        insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
        values (p_account_id, amount_minor, gen_random_uuid(), p_node_id,
                case p_operation_type when 'withdraw' then 'pay_out' else 'deposit' end::operation_type)
        returning *
    )
    -- A pay-out's entry is packed by who writes it (pack_entry).
    insert into batches (node_id, operation_type, entry_ids, account_ids, amounts_minor, operation_ids)
    select e.node_id, e.operation_type, array[e.id], array[e.account_id], array[e.amount_minor], array[e.operation_id]
      from entry e where is_packed() and e.operation_type = 'pay_out';
    if amount_minor > 0 then
        update account_balances b set income_minor = b.income_minor + amount_minor
         where b.account_id = p_account_id and b.node_id = p_node_id;
    end if;
    raise notice 'Logged: % of % % at account %, node %', p_operation_type,
        to_major(abs(amount_minor), account.currency), account.currency, p_account_id, p_node_id;
end;
$$;
