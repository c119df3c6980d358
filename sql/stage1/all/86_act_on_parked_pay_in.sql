-- Parked pay-ins: what operators see of them and do about them. The worker's own turns are 25.
set role billing_owner;
-- It got one more column; replacing a function cannot change them. At once: services run on.
begin;
do $$ begin
    if exists (select from pg_proc
                where oid = to_regprocedure(
                          'billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer)')
                  and not 'reference' = any (proargnames)) then
        drop function billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer);
    end if;
end $$;
create or replace function billing.find_parked_pay_ins(
    in_limit              integer,
    in_after_parked_at    timestamptz,
    in_after_topic        text,
    in_after_partition    integer,
    in_after_offset       bigint,
    in_after_incarnation  integer
)
returns table (
    topic           text,
    partition_id    integer,
    message_offset  bigint,
    incarnation     integer,
    command_id      uuid,
    account_id      bigint,
    amount_minor    bigint,
    currency        char(3),
    reference       text,
    parked_at       timestamptz,
    retried_at      timestamptz,
    tries           bigint
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.find_parked_pay_ins(6)
--
--   Pay-ins of this node that wait for their account's row, oldest first.
--
-- Parameters
--   in_after_…   the last row of the page before; all null: the first page
-- Returns
--   retried_at, tries   by operators; the worker's turns are not counted
-- ---------------------------------------------------------------------------
    select p.topic, p.partition_id, p.message_offset, p.incarnation, p.command_id, p.account_id, p.amount_minor,
           p.currency, p.reference, p.parked_at, r.retried_at, r.tries
      from parked_pay_ins p
     cross join lateral (
           select max(a.acted_at) as retried_at, count(*) as tries
             from dead_letter_acts a
            where a.topic = p.topic and a.partition_id = p.partition_id and a.message_offset = p.message_offset
              and a.incarnation = p.incarnation and a.act = 'retry' and a.acted_at >= p.parked_at) r
     where in_after_parked_at is null
        or (p.parked_at, p.topic, p.partition_id, p.message_offset, p.incarnation)
         > (in_after_parked_at, in_after_topic, in_after_partition, in_after_offset, in_after_incarnation)
     order by p.parked_at, p.topic, p.partition_id, p.message_offset, p.incarnation
     limit in_limit;
$$;
grant execute on function billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer)
    to billing_gateway, billing_operator;
commit;

create or replace function billing.list_parked_to_retry(in_limit integer, out total bigint, out messages jsonb)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_parked_to_retry(1)
--
--   Which parked pay-ins to try now, those whose account has arrived first.
--
-- Returns
--   total      how many are parked
--   messages   in_limit at most: [{topic, partition, offset, incarnation}], offset a string
-- ---------------------------------------------------------------------------
    select (select count(*) from parked_pay_ins),
           coalesce(jsonb_agg(jsonb_build_object('topic', p.topic, 'partition', p.partition_id,
               'offset', p.message_offset::text, 'incarnation', p.incarnation)), '[]')
      from (select p.* from parked_pay_ins p
             order by exists (select from accounts a where a.id = p.account_id) desc, p.parked_at, p.message_offset
             limit in_limit) p;
$$;

create or replace function billing.retry_parked_pay_in(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer,
    in_client_id    text,
    in_note         text
)
returns billing.act_outcome
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.retry_parked_pay_in(6)
--
--   Tries a parked pay-in now rather than at the worker's next turn.
--
-- Parameters
--   in_incarnation   as in billing.show_dead_letter
-- Returns
--   result   not_found
--            applied, duplicate   no longer parked, by this call or by the same
--                                 client's before
--            parked               its account is still unknown
--            refused              now a dead letter: reason, detail
-- Locks     row of parked_pay_ins, unique key of transaction_log, row of account_balances
-- Writes    as billing.credit_message; dead_letters, dead_letter_acts; deletes from parked_pay_ins
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    message parked_pay_ins;
    credit  record;
    outcome act_outcome;
begin
    message := lock_parked_pay_in(in_topic, in_partition, in_offset, in_incarnation);
    if message.topic is null then
        select a.result, null, null, a.act, a.client_id, a.acted_at into outcome from dead_letter_acts a
         where a.topic = in_topic and a.partition_id = in_partition and a.message_offset = in_offset
           and a.incarnation = coalesce(in_incarnation, 1)
           and a.act = 'retry' and a.result <> 'parked' and a.client_id = in_client_id
         order by a.id desc
         limit 1;
        outcome.result := coalesce(outcome.result, 'not_found');
        return outcome;
    end if;
    credit := credit_message(message, not is_wanted(message));
    insert into dead_letter_acts (topic, partition_id, message_offset, incarnation, act, result, client_id, note, command_id)
    values (message.topic, message.partition_id, message.message_offset, message.incarnation, 'retry',
            credit.result, in_client_id, in_note, message.command_id)
    returning result, credit.reason, credit.detail, act, client_id, acted_at into outcome;
    if credit.result = 'refused' then
        perform bury_parked_pay_in(message, credit.reason, credit.detail);
    end if;
    if credit.result <> 'parked' then
        perform unpark_pay_in(message);
    end if;
    return outcome;
end;
$$;

create or replace function billing.discard_parked_pay_in(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer,
    in_client_id    text,
    in_note         text
)
returns billing.act_outcome
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.discard_parked_pay_in(6)
--
--   Says that a parked pay-in is never to be credited: it becomes a dead letter
--   that is discarded. Its bytes are kept, and its command id is not credited at
--   this node any more (billing.describe_discard), unless an operator replays a
--   letter that bears it.
--
-- Parameters
--   in_incarnation   as in billing.show_dead_letter
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
    message := lock_parked_pay_in(in_topic, in_partition, in_offset, in_incarnation);
    if message.topic is null then
        begun := begin_act(in_topic, in_partition, in_offset, in_incarnation, 'discard', in_client_id);
        return describe_standing(case begun.standing when 'open' then 'resolved' else begun.standing end,
                                 begun.letter, begun.last_act);
    end if;
    if (judge_unapplied(message.command_id, message.account_id, message.amount_minor, message.currency,
                        message.reference, null, null, false, false)).verdict = 'applied' then
        return row('duplicate', null, null, null, null, null)::act_outcome;
    end if;
    letter := bury_parked_pay_in(message, 'account_not_found',
        format('account %s is unknown here', message.account_id));
    perform unpark_pay_in(message);
    act.act := 'discard';
    act.result := 'discarded';
    act.client_id := in_client_id;
    act.note := in_note;
    act.command_id := message.command_id;
    return record_act(letter, 'discarded', act);
end;
$$;

create or replace function billing.lock_parked_pay_in(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer
)
returns billing.parked_pay_ins
language sql
set search_path = billing, pg_temp
as $$
-- Internal: the parked pay-in of that name, locked; null when there is none (any more).
    select p.* from parked_pay_ins p
     where p.topic = in_topic and p.partition_id = in_partition and p.message_offset = in_offset
       and p.incarnation = coalesce(in_incarnation, 1)
       for update;
$$;

create or replace function billing.unpark_pay_in(in_message billing.parked_pay_ins)
returns void
language sql
set search_path = billing, pg_temp
as $$
-- Internal: it waits no longer.
    delete from parked_pay_ins p
     where p.topic = in_message.topic and p.partition_id = in_message.partition_id
       and p.message_offset = in_message.message_offset and p.incarnation = in_message.incarnation;
$$;

create or replace function billing.bury_parked_pay_in(
    in_message  billing.parked_pay_ins,
    in_reason   billing.dead_letter_reason,
    in_detail   text
)
returns billing.dead_letters
language sql
set search_path = billing, pg_temp
as $$
-- Internal: the letter of a parked pay-in, open; one that an act had parked is the same letter again, and
-- one with a conflict keeps it.
    insert into dead_letters as d (topic, partition_id, message_offset, incarnation, command_id, account_id,
           reason, detail, message_key, message_value)
    values (in_message.topic, in_message.partition_id, in_message.message_offset, in_message.incarnation,
            in_message.command_id, in_message.account_id, in_reason, in_detail, in_message.message_key,
            in_message.message_value)
    on conflict (topic, partition_id, message_offset, incarnation) do update
       set state = 'open', resolved_by = null, resolved_at = null, recorded_at = now(), published_at = null,
           reason = case d.reason when 'command_conflict' then d.reason else excluded.reason end,
           detail = excluded.detail
    returning d.*;
$$;
-- Earlier signatures, which nothing calls any more.
drop function if exists billing.credit_message(billing.parked_pay_ins);
drop function if exists billing.judge_unapplied(uuid, bigint, bigint, text, text, billing.dead_letter_reason, text, boolean);
reset role;
