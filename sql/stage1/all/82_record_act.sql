set role billing_owner;
create or replace function billing.begin_act(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer,
    in_act          billing.dead_letter_act,
    in_client_id    text,
    out standing    text,
    out letter      billing.dead_letters,
    out last_act    billing.dead_letter_acts
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.begin_act(6)
--
--   First half of every act on a dead letter: takes the letter, so that of two
--   operators one comes first, and says how it stands.
--
-- Parameters
--   in_incarnation  as in billing.show_dead_letter
-- Returns
--   standing   not_found
--              open      for the caller to act
--              repeated  this client did this before: nothing is to be done
--              resolved  somebody, or this client, did something else before
--   last_act   the act that resolved it, of the last two
-- Locks     row of dead_letters
-- ---------------------------------------------------------------------------
begin
    select d.* into letter from dead_letters d
     where d.topic = in_topic and d.partition_id = in_partition and d.message_offset = in_offset
       and d.incarnation = coalesce(in_incarnation, 1)
       for update;
    if not found then
        standing := 'not_found';
        return;
    elsif letter.state = 'open' then
        standing := 'open';
        return;
    end if;
    select a.* into last_act from dead_letter_acts a
     where a.topic = letter.topic and a.partition_id = letter.partition_id
       and a.message_offset = letter.message_offset and a.incarnation = letter.incarnation and a.act <> 'retry'
     order by a.id desc
     limit 1;
    standing := case when last_act.act = in_act and last_act.client_id = in_client_id then 'repeated'
                     else 'resolved' end;
end;
$$;

create or replace function billing.describe_standing(
    in_standing  text,
    in_letter    billing.dead_letters,
    in_last_act  billing.dead_letter_acts
)
returns billing.act_outcome
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the outcome of an act on a letter that was not open: not_found, resolved, or what the same
-- act came to the first time.
    select case in_standing when 'repeated' then in_last_act.result else in_standing end,
           null::dead_letter_reason, null::text, in_last_act.act,
           coalesce(in_last_act.client_id, in_letter.resolved_by), coalesce(in_last_act.acted_at, in_letter.resolved_at);
$$;

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
--   in_act   its result, client, note, command id and, of a correction, content
-- Locks     row of dead_letters (the caller has it)
-- Writes    dead_letter_acts, dead_letters
-- ---------------------------------------------------------------------------
declare
    outcome act_outcome;
begin
    insert into dead_letter_acts (topic, partition_id, message_offset, incarnation, act, result, client_id, note,
           command_id, account_id, amount_minor, currency, reference, metadata)
    values (in_letter.topic, in_letter.partition_id, in_letter.message_offset, in_letter.incarnation, in_act.act,
            in_act.result, in_act.client_id, in_act.note, in_act.command_id, in_act.account_id,
            in_act.amount_minor, in_act.currency, in_act.reference, in_act.metadata)
    returning result, null, null, act, client_id, acted_at into outcome;
    update dead_letters d
       set state = in_state, resolved_by = in_act.client_id, resolved_at = now()
     where d.topic = in_letter.topic and d.partition_id = in_letter.partition_id
       and d.message_offset = in_letter.message_offset and d.incarnation = in_letter.incarnation;
    return outcome;
end;
$$;

create or replace function billing.credit_letter(
    in_letter  billing.dead_letters,
    in_state   billing.dead_letter_state,
    in_act     billing.dead_letter_acts
)
returns billing.act_outcome
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.credit_letter(3)
--
--   Credits what an act says of a letter, parks it, or leaves the letter as it
--   was; one that is parked keeps the message's own name and bytes.
--
-- Parameters
--   in_act   act, client, note and the whole pay-in
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
        in_act.metadata, in_letter.message_key, coalesce(in_letter.message_value, ''), now())::parked_pay_ins;
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
reset role;
