create or replace function billing.hand_over_pay_ins(
    in_home_node_id  integer,
    in_limit         integer,
    in_age_limit     interval,
    in_timeout_ms    integer,
    out status       text,
    out forwarded    integer,
    out dead         integer,
    out waiting      integer,
    out code         text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.hand_over_pay_ins(4)
--
--   Parked pay-ins whose home is another node, handed to it, which credits each once
--   (docs/key-homes.md). What it has credited is remembered here, and waits no longer.
--   Nothing is locked while it is asked: what others did meanwhile stands.
--
-- Parameters
--   in_limit      rows at most; those that have waited longest since they were last handed over
--   in_age_limit  an account that the home still does not know after this long is not coming
-- Returns
--   status     answered; or of ask_nodes: unreachable, unknown, failed with code: all stay
--              parked, as long as the home is silent
--   forwarded  credited there, now or before
--   dead       dead letters here, for the reason that the home gives
--   waiting    of those handed over: their account is not known there yet, or takes no credits
-- Locks     rows of parked_pay_ins, after the answer
-- Writes    forwarded_pay_ins, dead_letters, node_breakers; deletes from parked_pay_ins
-- Raises    GB013 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    taken   parked_pay_ins[];
    message parked_pay_ins;
    asked   record;
    verdict jsonb;
begin
    forwarded := 0; dead := 0; waiting := 0;
    taken := array(select p from parked_pay_ins p where p.home_node_id = in_home_node_id
                    order by coalesce(p.handed_over_at, p.parked_at), p.message_offset limit in_limit);
    if cardinality(taken) = 0 then
        status := 'answered';
        return;
    end if;
    select a.status, a.answer, a.code into asked
      from ask_nodes(array[in_home_node_id], array[format('select billing.execute_pay_ins(%L)::text', (
        select jsonb_agg(jsonb_build_object('command_id', (t.p).command_id, 'account_id', (t.p).account_id::text,
                                            'amount_minor', (t.p).amount_minor::text, 'currency', (t.p).currency,
                                            'reference', (t.p).reference, 'metadata', (t.p).metadata, 'tenant', (t.p).tenant)
                         order by t.i)
          from (select taken[i] as p, i from generate_subscripts(taken, 1) i) t))], in_timeout_ms) a;
    status := asked.status;
    if status <> 'answered' then
        code := asked.code;
        return;
    end if;
    for i in 1 .. cardinality(taken) loop
        message := lock_parked_pay_in((taken[i]).topic, (taken[i]).partition_id, (taken[i]).message_offset, (taken[i]).incarnation, null);
        continue when message.topic is null;   -- somebody has discarded it
        verdict := asked.answer::jsonb -> (i - 1);
        if verdict ->> 'verdict' = 'parked'
           and (message.parked_at > now() - in_age_limit or (verdict ->> 'is_known')::boolean) then
            update parked_pay_ins p set handed_over_at = clock_timestamp()
             where p.topic = message.topic and p.partition_id = message.partition_id
               and p.message_offset = message.message_offset and p.incarnation = message.incarnation;
            waiting := waiting + 1;
            continue;
        elsif verdict ->> 'verdict' = 'applied' then
            perform note_forwarded(message);
            forwarded := forwarded + 1;
        else
            perform bury_parked_pay_in(message, coalesce(verdict ->> 'reason', 'account_not_found')::dead_letter_reason,
                format('at its home dc%s: %s', in_home_node_id, coalesce(verdict ->> 'explanation', format('account %s is unknown after %s',
                       message.account_id, in_age_limit))));
            dead := dead + 1;
        end if;
        perform unpark_pay_in(message);
    end loop;
end;
$$;

create or replace function billing.note_forwarded(in_message billing.parked_pay_ins)
returns void
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: its home has credited it: for whoever reads its message again, or asks for it before its entry has been replicated.
    insert into forwarded_pay_ins (command_id, tenant, home_node_id, account_id, amount_minor, currency, reference)
    values (in_message.command_id, in_message.tenant, in_message.home_node_id, in_message.account_id, in_message.amount_minor,
            in_message.currency, in_message.reference)
    on conflict (command_id) do nothing;
$$;
