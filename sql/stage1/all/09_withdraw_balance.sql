-- Uses the drain of drains/, whose steps it calls as a coordinator would (drive_pay_out).
create or replace function billing.tell_withdrawal(in_account billing.accounts, in_amount_minor bigint, in_decided jsonb)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: says what was withdrawn, and from whom. in_decided as billing.decide_drain; null: all of it from here.
declare
    amount constant text := to_major(in_amount_minor, in_account.currency) || ' ' || in_account.currency;
    givers constant text := (
        select string_agg(format('%s from node %s', to_major(t.taken_minor, in_account.currency), t.node_id), ', '
                          order by t.node_id <> local_node_id(), t.node_id)
          from rows from (jsonb_array_elements_text(in_decided -> 'taken_nodes'),
                          jsonb_array_elements_text(in_decided -> 'taken_minor')) as s (node, minor),
               lateral (select s.node::integer, s.minor::bigint) as t (node_id, taken_minor));
begin
    if givers is null then
        raise notice '% withdrawn from account % locally', amount, in_account.id;
    else
        raise notice '% withdrawn from account %: %', amount, in_account.id, givers;
    end if;
end;
$$;

create or replace function public.withdraw_balance(p_account_id bigint, p_amount numeric, p_node_id int)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- withdraw_balance(3)
--
--   Pays out of an account, in major units: from this node's part if it covers
--   the amount, else what it has and the rest drained from the other nodes.
--
--   AUTONOMOUS: a drain has to commit in the middle, which a function cannot. So
--   every step runs over a connection of its own to this node and is committed
--   when this function returns, even if the caller rolls back afterwards. For the
--   same reason it refuses to run after a write in the caller's transaction: its
--   own steps could wait for that write for ever, and would not see it.
--
-- Parameters
--   p_amount   above zero, no more decimals than the currency has
--   p_node_id  this node
-- Locks     none that the caller holds afterwards
-- Writes    what billing.pay_out, billing.reserve, billing.decide_drain and
--           billing.close_reservations write, here and at donors
-- Raises    GB001 bad amount   GB002, GB003 account not found, deleted
--           GB004 another node
--           GB006 insufficient funds: every part was seen
--           GB007 what can be reached does not cover it, some nodes cannot
--           GB019 others held the money for 10 s, or nodes did not answer in
--                 time: nothing moved, call it again
--           GB020 after a write in the same transaction
--           GB030 its debits are frozen
--           GB015 this node's answer was lost: look at the history before you
--                 call it again
-- ---------------------------------------------------------------------------
declare
    deadline_ms  constant integer := 10000;
    deadline     constant timestamptz := clock_timestamp() + make_interval(secs => deadline_ms / 1000.0);
    account      accounts;
    amount_minor bigint;
    answer       jsonb;
    decided      jsonb;
    verdict      text;
begin
    perform require_local_node(p_node_id);
    account := open_account_row(p_account_id);
    amount_minor := to_minor(p_amount, account.currency);
    if amount_minor <= 0 then
        raise exception 'amount must be above zero, not %', p_amount using errcode = 'GB001';
    end if;
    if pg_current_xact_id_if_assigned() is not null then
        raise exception 'withdraw_balance cannot run after a write in the same transaction'
            using errcode = 'GB020', hint = 'Commit first: it commits its own steps.';
    end if;

    answer := call_self(format(
        'select to_jsonb(p)::text from billing.pay_out(array[%L], array[%L], array[%L::bytea], array[%s::bigint], '
        'array[%s::bigint], array[%L], array[true], array[%s], array[null::text], array[null::text], null, null, array[%L]) p',
        'psql ' || session_user, gen_random_uuid(), sha256('withdraw_balance'), p_account_id, amount_minor,
        account.currency, deadline_ms, account.tenant));
    decided := drive_pay_out(answer, deadline);
    if decided ? 'attempt_id' then
        perform tell_everyone();
    end if;
    verdict := decided ->> 'verdict';

    case
        when verdict in ('committed', 'replayed') then
            perform tell_withdrawal(account, amount_minor, decided);
        when verdict = 'insufficient_funds' then
            raise exception 'Insufficient funds' using errcode = 'GB006',
                detail = format('account %s has %s, not %s', p_account_id,
                                to_major((decided ->> 'available_minor')::numeric, account.currency), p_amount);
        when verdict = 'insufficient_reachable_funds' then
            raise exception 'Insufficient funds at the nodes that can be reached' using errcode = 'GB007',
                detail = format('account %s has %s there, and %s at nodes %s as last known', p_account_id,
                                to_major((decided ->> 'available_minor')::numeric, account.currency),
                                to_major((decided ->> 'stranded_minor')::numeric, account.currency),
                                decided -> 'unreachable_nodes');
        when verdict = 'account_deleted' then
            raise exception 'account % is deleted', p_account_id using errcode = 'GB003';
        when verdict = 'account_frozen' then
            raise exception 'debits of account % are frozen', p_account_id using errcode = 'GB030';
        when verdict = 'account_not_found' then
            raise exception 'account % is not known here', p_account_id using errcode = 'GB002';
        else
            raise exception 'not paid out: %', coalesce(verdict, 'deadline_exceeded')
                using errcode = 'GB019', hint = 'Nothing moved. Call it again.';
    end case;
end;
$$;
