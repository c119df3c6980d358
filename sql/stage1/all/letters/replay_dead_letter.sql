create or replace function billing.replay_dead_letter(
    in_topic         text,
    in_partition     integer,
    in_offset        bigint,
    in_incarnation   integer,
    in_client_id     text,
    in_note          text,
    in_account_id    bigint,
    in_amount_minor  bigint,
    in_currency      text,
    in_reference     text,
    in_metadata      jsonb,
    in_fault_reason  billing.dead_letter_reason,
    in_fault_detail  text,
    in_tenants       text[] default '{default}',
    in_address       inet default null,
    in_home          integer default null
)
returns billing.act_outcome
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.replay_dead_letter(16)
--
--   Credits a dead letter as it came, under the command id it came with, in one
--   transaction with the record of who did it. A message without a command id
--   bears the one that its name makes (billing.command_id_of_letter).
--   A letter that conflicts with an applied pay-in is refused.
--
-- Parameters
--   in_incarnation, in_tenants  as in billing.show_dead_letter
--   in_address  where the client asked from; null: not known
--   in_account_id …  what its bytes say, as the worker's decoder reads them;
--                    null where in_fault_… says why they say nothing
--   in_home          the node that they name to credit it; null: this one. Another's is
--                    parked until it has
-- Returns
--   result   not_found
--            resolved   somebody did something else with it before: who, what, when
--            applied, duplicate, parked   done, by this call or by the same act
--                       of the same client before
--            refused    reason and detail say why: the letter stays open
-- Locks     row of dead_letters, unique key of transaction_log, row of account_balances
-- Writes    transaction_log, account_balances, operation_metadata, parked_pay_ins,
--           dead_letter_acts, dead_letters
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    begun  record;
    letter dead_letters;
    act    dead_letter_acts;
begin
    begun := begin_act(in_topic, in_partition, in_offset, in_incarnation, 'replay', in_client_id, in_tenants);
    letter := begun.letter;
    if begun.standing <> 'open' then
        return describe_standing(begun.standing, letter, begun.last_act);
    elsif letter.reason = 'command_conflict' then
        return row('refused', letter.reason, letter.detail, null, null, null)::act_outcome;
    elsif in_fault_reason is not null then
        return row('refused', in_fault_reason, in_fault_detail, null, null, null)::act_outcome;
    end if;

    act.act := 'replay';
    act.client_id := in_client_id;
    act.address := in_address;
    act.note := in_note;
    act.command_id := command_id_of_letter(letter);
    act.account_id := in_account_id;
    act.amount_minor := in_amount_minor;
    act.currency := in_currency;
    act.reference := in_reference;
    act.metadata := in_metadata;
    return credit_letter(letter, 'replayed', act, in_home);
end;
$$;
