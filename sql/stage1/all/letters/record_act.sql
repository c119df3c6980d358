create or replace function billing.record_act(
    in_letter   billing.dead_letters,
    in_state    billing.dead_letter_state,
    in_act      billing.dead_letter_acts
)
returns billing.act_outcome
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.record_act(3)
--
--   Second half of every act on a dead letter: writes down who did what, and
--   that the letter waits for nobody any more.
--
-- Parameters
--   in_act   its result, client, address, note, command id and, of a correction, content; before, where the message
--            was no letter yet
-- Locks     row of dead_letters (the caller has it)
-- Writes    dead_letter_acts, dead_letters
-- ---------------------------------------------------------------------------
declare
    outcome act_outcome;
begin
    insert into dead_letter_acts (topic, partition_id, message_offset, incarnation, act, result, client_id, note,
           command_id, account_id, amount_minor, currency, reference, metadata, tenant, address, before, after)
    values (in_letter.topic, in_letter.partition_id, in_letter.message_offset, in_letter.incarnation, in_act.act,
            in_act.result, in_act.client_id, in_act.note, in_act.command_id, in_act.account_id,
            in_act.amount_minor, in_act.currency, in_act.reference, in_act.metadata, in_letter.tenant,
            in_act.address, coalesce(in_act.before, jsonb_build_object('state', in_letter.state)),
            jsonb_build_object('state', in_state))
    returning result, null, null, act, client_id, acted_at into outcome;
    update dead_letters d
       set state = in_state, resolved_by = in_act.client_id, resolved_at = now()
     where d.topic = in_letter.topic and d.partition_id = in_letter.partition_id
       and d.message_offset = in_letter.message_offset and d.incarnation = in_letter.incarnation;
    return outcome;
end;
$$;
