create or replace function billing.correct_dead_letter(
    in_topic           text,
    in_partition       integer,
    in_offset          bigint,
    in_incarnation     integer,
    in_client_id       text,
    in_note            text,
    in_command_id      uuid,
    in_new_command_id  uuid,
    in_account_id      bigint,
    in_amount_minor    bigint,
    in_currency        text,
    in_reference       text,
    in_metadata        jsonb,
    in_tenants         text[] default '{default}',
    in_address         inet default null
)
returns billing.act_outcome
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.correct_dead_letter(15)
--
--   Credits other content instead of a dead letter's, in one transaction with
--   the record of who did it. The letter's bytes stay as they came.
--   It is credited under the letter's own command id, unless something else has
--   been applied under that: then it needs a new one, for the same would count
--   as done. Under a new id it is never credited in silence where the old one
--   may yet be: a letter without a conflict keeps its own.
--
-- Parameters
--   in_incarnation, in_tenants  as in billing.show_dead_letter
--   in_address  where the client asked from; null: not known
--   in_command_id      null: the letter's own, or the one its name makes
--                      (billing.command_id_of_letter); of a conflict in_new_command_id
--   in_new_command_id  made up by the caller in case one is needed
--   in_account_id …    a pay-in that was checked like any other
-- Returns
--   result   not_found, resolved, applied, duplicate, parked, refused: as of
--            billing.replay_dead_letter; the same act is one with the same content
--            needs_new_id   in_command_id is the one that something else was applied under
--            keeps_id       in_command_id is another than the letter's, which is free
-- Locks     row of dead_letters, unique key of transaction_log, row of account_balances
-- Writes    transaction_log, account_balances, operation_metadata, parked_pay_ins,
--           dead_letter_acts, dead_letters
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    begun  record;
    letter dead_letters;
    last   dead_letter_acts;
    act    dead_letter_acts;
begin
    begun := begin_act(in_topic, in_partition, in_offset, in_incarnation, 'correct', in_client_id, in_tenants);
    letter := begun.letter;
    if begun.standing = 'repeated' then
        last := begun.last_act;
        if (last.account_id, last.amount_minor, last.currency::text, last.reference, last.metadata,
            coalesce(in_command_id, last.command_id))
           is distinct from (in_account_id, in_amount_minor, in_currency, in_reference, in_metadata,
            last.command_id) then
            begun.standing := 'resolved';
        end if;
    end if;
    if begun.standing <> 'open' then
        return describe_standing(begun.standing, letter, begun.last_act);
    end if;

    act.command_id := coalesce(in_command_id, case letter.reason when 'command_conflict' then in_new_command_id end,
        command_id_of_letter(letter));
    if act.command_id = letter.command_id and letter.reason = 'command_conflict' then
        return row('needs_new_id', null, null, null, null, null)::act_outcome;
    elsif act.command_id <> letter.command_id and letter.reason <> 'command_conflict' and not exists (
        select from transaction_log l where l.operation_id = letter.command_id and l.operation_type = 'pay_in') then
        return row('keeps_id', null, null, null, null, null)::act_outcome;
    end if;

    act.act := 'correct';
    act.client_id := in_client_id;
    act.address := in_address;
    act.note := in_note;
    act.account_id := in_account_id;
    act.amount_minor := in_amount_minor;
    act.currency := in_currency;
    act.reference := in_reference;
    act.metadata := in_metadata;
    return credit_letter(letter, 'corrected', act);
end;
$$;
