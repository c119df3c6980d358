create or replace function billing.discard_parked_pay_in(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer,
    in_client_id    text,
    in_note         text,
    in_tenants      text[] default '{default}',
    in_address      inet default null
)
returns billing.act_outcome
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.discard_parked_pay_in(8)
--
--   Says that a parked pay-in is never to be credited: it becomes a dead letter
--   that is discarded. Its bytes are kept, and its command id is not credited at
--   this node any more (billing.describe_discard), unless an operator replays a
--   letter that bears it.
--
-- Parameters
--   in_incarnation, in_tenants  as in billing.show_dead_letter
--   in_address  where the client asked from; null: not known
-- Returns
--   result   not_found   not parked, and no letter of that name either
--            duplicate   credited meanwhile, as another message brought it: the
--                        worker's next turn takes it away
--            discarded   by this call, or by the same client before
--            resolved    no longer parked: a letter that is open, or that
--                        somebody did something else with
-- Locks     row of parked_pay_ins, row of dead_letters
-- Writes    dead_letters, dead_letter_acts; deletes from parked_pay_ins
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    message parked_pay_ins;
    act     dead_letter_acts;
    letter  dead_letters;
    begun   record;
begin
    message := lock_parked_pay_in(in_topic, in_partition, in_offset, in_incarnation, in_tenants);
    if message.topic is null then
        begun := begin_act(in_topic, in_partition, in_offset, in_incarnation, 'discard', in_client_id, in_tenants);
        return describe_standing(case begun.standing when 'open' then 'resolved' else begun.standing end,
                                 begun.letter, begun.last_act);
    end if;
    if (judge_unapplied(message.command_id, message.account_id, message.amount_minor, message.currency,
                        message.reference, null, null, false, false, message.tenant)).verdict = 'applied' then
        return row('duplicate', null, null, null, null, null)::act_outcome;
    end if;
    letter := bury_parked_pay_in(message, 'account_not_found',
        format('account %s is unknown here', message.account_id));
    perform unpark_pay_in(message);
    act.act := 'discard';
    act.result := 'discarded';
    act.client_id := in_client_id;
    act.address := in_address;
    act.note := in_note;
    act.command_id := message.command_id;
    act.before := '{"state": "parked"}';
    return record_act(letter, 'discarded', act);
end;
$$;
