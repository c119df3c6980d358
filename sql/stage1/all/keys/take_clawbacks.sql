create or replace function billing.take_clawbacks(in_limit integer, out taken integer, out open integer, out has_more boolean)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.take_clawbacks(1)
--
--   Takes back pay-ins of this node that another one had credited before under the
--   same command id, as they are paid out: as much as this part has, many in one
--   call, then the rest drained, one by one; what there is not waits for money.
--
--   AUTONOMOUS, as withdraw_balance: its steps are committed over a connection to this
--   node. Each pay-out of a clawback has a key that the clawback's row makes, so that a
--   call that was broken off is repeated, and whoever calls at the same time does the same.
--
-- Parameters
--   in_limit   clawbacks at most
-- Returns
--   taken      that are taken back whole by now, of those that were tried
--   open       of those, the others. Tried again after ten seconds, once there is money
--   has_more   some were not tried
-- Writes    clawbacks, and what billing.pay_out and a drain write
-- Raises    GB007, GB013, GB015 as connect_to_self and query_node
-- ---------------------------------------------------------------------------
declare
    -- The statement has 15 s; what one drain takes is bounded, too (drain_clawback).
    begun_at    constant timestamptz := clock_timestamp();
    drains_for  constant interval := '6 seconds';
    commands    uuid[];
    answers     jsonb;
    answer      jsonb;
begin
    perform call_self(format('select to_jsonb(billing.make_clawbacks(%s))::text', 10 * in_limit));
    commands := array(select c.command_id from clawbacks c
                       where c.node_id = local_node_id() and c.taken_minor < c.amount_minor and is_clawback_due(c)
                       order by c.tried_at, c.command_id limit in_limit);
    taken := 0;
    open := 0;
    has_more := cardinality(commands) = in_limit;
    if cardinality(commands) = 0 then
        return;
    end if;
    perform pay_clawbacks(call_self(format('select billing.try_clawbacks(%L, false)::text', commands)), false);
    answers := call_self(format('select billing.try_clawbacks(%L, true)::text', commands));
    for answer in select a from jsonb_array_elements(answers) a loop
        if (answer ->> 'left_minor')::bigint > 0 and clock_timestamp() < begun_at + drains_for then
            answer := drain_clawback(answer);
        end if;
        if (answer ->> 'left_minor')::bigint = 0 then
            taken := taken + 1;
        else
            open := open + 1;
        end if;
    end loop;
end;
$$;

create or replace function billing.pay_clawbacks(in_answers jsonb, in_may_drain boolean)
returns jsonb
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: the pay-outs that try_clawbacks says are wanted, in one call of billing.pay_out. Null: none is.
    select call_self(format(
               'select jsonb_agg(p)::text from billing.pay_out(%L, %L, %L, %L, %L, %L, %L, %L, %L, %L, null, null, %L) p',
               array_agg(''::text), array_agg(a.key), array_agg(sha256(a.wanted_minor::text::bytea)), array_agg(a.account_id),
               array_agg(a.wanted_minor), array_agg(a.currency), array_agg(in_may_drain), array_agg(4000),
               array_agg('credited twice: ' || a.command_id), array_agg(null::text), array_agg(a.tenant)))
      from jsonb_to_recordset(in_answers) as a (command_id text, key text, account_id bigint, wanted_minor bigint, currency text, tenant text)
     where a.wanted_minor > 0 having count(*) > 0;
$$;

create or replace function billing.drain_clawback(in_answer jsonb)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: takes what is left of a clawback from all nodes that answer; where replicas promised more than there is, once more
-- what was seen then. Returns as try_clawbacks says of it afterwards.
declare
    deadline constant timestamptz := clock_timestamp() + interval '4 seconds';   -- as pay_clawbacks has it, for both rounds
    answer   jsonb := in_answer;
    paid     jsonb;
    decided  jsonb;
begin
    for round in 1 .. 2 loop
        paid := pay_clawbacks(jsonb_build_array(answer), true) -> 0;
        exit when paid is null;
        decided := drive_pay_out(paid, deadline);
        answer := call_self(format('select billing.try_clawbacks(array[%L::uuid], true)::text', answer ->> 'command_id')) -> 0;
        exit when decided ->> 'verdict' not like 'insufficient%' or coalesce((decided ->> 'available_minor')::numeric, 0) <= 0;
        answer := answer || jsonb_build_object('wanted_minor',
                      least((answer ->> 'left_minor')::numeric, (decided ->> 'available_minor')::numeric));
    end loop;
    return answer;
end;
$$;
