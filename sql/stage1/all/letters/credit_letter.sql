create or replace function billing.credit_letter(
    in_letter  billing.dead_letters,
    in_state   billing.dead_letter_state,
    in_act     billing.dead_letter_acts,
    in_home    integer default null
)
returns billing.act_outcome
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.credit_letter(4)
--
--   Credits what an act says of a letter, parks it, or leaves the letter as it
--   was; one that is parked keeps the message's own name and bytes.
--
-- Parameters
--   in_act   act, client, note and the whole pay-in
--   in_home  the node that is to credit it; null: this one
-- Returns   result applied, duplicate, parked or refused (with reason, detail)
-- Locks     unique key of transaction_log, row of account_balances
-- Writes    as billing.credit_message; parked_pay_ins, dead_letter_acts, dead_letters
-- ---------------------------------------------------------------------------
declare
    message parked_pay_ins;
    credit  record;
    done    dead_letter_acts := in_act;
begin
    message := row(in_letter.topic, in_letter.partition_id, in_letter.message_offset, in_letter.incarnation,
        in_act.command_id, in_act.account_id, in_act.amount_minor, in_act.currency, in_act.reference,
        in_act.metadata, in_letter.message_key, coalesce(in_letter.message_value, ''), now(), in_letter.tenant,
        nullif(in_home, local_node_id()), null)::parked_pay_ins;
    credit := credit_message(message, false);
    if credit.result = 'refused' then
        return row('refused', credit.reason, credit.detail, null, null, null)::act_outcome;
    elsif credit.result = 'parked' then
        insert into parked_pay_ins select message.*;
    end if;
    done.result := credit.result;
    if in_act.act = 'replay' then
        done.account_id := null; done.amount_minor := null; done.currency := null;
        done.reference := null; done.metadata := null;
    end if;
    return record_act(in_letter, in_state, done);
end;
$$;
