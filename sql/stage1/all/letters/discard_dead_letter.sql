create or replace function billing.discard_dead_letter(
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
-- billing.discard_dead_letter(8)
--
--   Says that a dead letter is never to be credited, at this node under its command
--   id neither: a message that brings it again becomes a letter, command_discarded,
--   which an operator may replay on purpose. Its bytes are kept. What another
--   message had credited under that id before stays credited.
--
-- Parameters
--   in_incarnation, in_tenants  as in billing.show_dead_letter
--   in_address  where the client asked from; null: not known
-- Returns
--   result   not_found, resolved: as of billing.replay_dead_letter
--            discarded  by this call, or by the same client before
-- Locks     row of dead_letters
-- Writes    dead_letter_acts, dead_letters
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    begun record;
    act   dead_letter_acts;
begin
    begun := begin_act(in_topic, in_partition, in_offset, in_incarnation, 'discard', in_client_id, in_tenants);
    if begun.standing <> 'open' then
        return describe_standing(begun.standing, begun.letter, begun.last_act);
    end if;
    act.act := 'discard';
    act.result := 'discarded';
    act.client_id := in_client_id;
    act.address := in_address;
    act.note := in_note;
    return record_act(begun.letter, 'discarded', act);
end;
$$;
