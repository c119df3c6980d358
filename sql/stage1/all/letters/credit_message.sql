create or replace function billing.credit_message(
    in_message        billing.parked_pay_ins,
    in_heeds_discard  boolean,
    out result        text,
    out reason        billing.dead_letter_reason,
    out detail        text
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.credit_message(2)
--
--   Credits one message by an operator's act, with the statements of a batch:
--   billing.credit_pay_ins credits it if nothing of its command id is here yet,
--   billing.judge_unapplied says what is to be thought of it.
--
-- Parameters
--   in_message        as parked_pay_ins keeps one; need not be there
--   in_heeds_discard  false: also where an operator discarded its command id
-- Returns
--   result   applied    credited now
--            duplicate  credited before with the same content
--            parked     the account is not known here, or another node is its home and has
--                       not credited it yet: for the caller to park
--            refused    reason and detail say why
-- Locks     unique key of transaction_log, row of account_balances
-- Writes    transaction_log, account_balances, operation_metadata
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    commands      uuid[]    := array[in_message.command_id];
    account_ids   bigint[]  := array[in_message.account_id];
    amounts       bigint[]  := array[case when not in_heeds_discard or describe_discard(in_message.command_id) is null
                                          then in_message.amount_minor end];
    codes         text[]    := array[in_message.currency::text];
    notes         text[]    := array[in_message.reference];
    full_accounts bigint[]  := '{}';
    credited      integer;
    judged        record;
begin
    begin
        if in_message.home_node_id <> local_node_id() then
            amounts := '{null}';
        end if;
        credited := credit_pay_ins(0, commands, account_ids, amounts, codes, notes, full_accounts, array[in_message.tenant]);
    exception when numeric_value_out_of_range or serialization_failure then
        full_accounts := accounts_over_limit(account_ids, amounts);
        credited := credit_pay_ins(0, commands, account_ids, amounts, codes, notes, full_accounts, array[in_message.tenant]);
    end;
    if credited = 1 then
        result := 'applied';
        if in_message.metadata is not null then
            perform keep_metadata(commands, account_ids, array[1], array[in_message.metadata]);
        end if;
        return;
    end if;

    judged := judge_unapplied(in_message.command_id, in_message.account_id, in_message.amount_minor,
        in_message.currency, in_message.reference, null, null, in_message.account_id = any (full_accounts),
        in_heeds_discard, in_message.tenant, in_message.home_node_id);
    reason := judged.reason;
    detail := judged.explanation;
    result := case judged.verdict when 'applied' then 'duplicate' when 'dead' then 'refused' else 'parked' end;
end;
$$;
