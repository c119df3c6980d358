create or replace function billing.drive_pay_out(in_answer jsonb, in_deadline timestamptz)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.drive_pay_out(2)
--
--   Internal: takes a pay-out from what billing.pay_out said of it to its end, for
--   callers that have no coordinator: each step is committed over call_self, and
--   while others hold the money it begins again, until two seconds before the
--   deadline. Whatever is lost on the way is left to recovery.
--
-- Parameters
--   in_answer    a row of billing.pay_out
-- Returns   the row of billing.decide_drain with attempt_id; of what began no drain
--           verdict alone: the status of billing.pay_out. The last attempt's donors
--           have not been told yet (billing.tell_everyone, or a coordinator)
-- ---------------------------------------------------------------------------
declare
    attempt jsonb := in_answer -> 'attempt';
    decided jsonb := jsonb_build_object('verdict', in_answer ->> 'status');
begin
    while decided ->> 'verdict' in ('begun', 'contended') loop
        if decided ->> 'verdict' = 'contended' then
            exit when clock_timestamp() > in_deadline - interval '2 seconds';
            perform tell_everyone();   -- what it held is free for the next
            perform pg_sleep(0.01 + random() * 0.1);
            attempt := call_self(format('select billing.begin_attempt(%L)::text', attempt ->> 'pay_out_id'));
            exit when attempt is null;
        end if;
        decided := run_attempt(attempt, clock_timestamp() > in_deadline - interval '3 seconds')
                   || jsonb_build_object('attempt_id', attempt -> 'attempt_id');
    end loop;
    return decided;
end;
$$;

create or replace function billing.run_attempt(in_attempt jsonb, in_is_last boolean)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: reserve and decide of an attempt that has begun (billing.start_attempt), each step committed over call_self,
-- as the coordinator does it. Returns the row of billing.decide_drain.
declare
    timeout_ms constant integer := 1000;
    everyone   constant integer[] := array(select n.node_id from node_config n where n.node_id <> local_node_id());
    answers    jsonb := in_attempt -> 'answers';
    requests   jsonb;
    missing    numeric;
begin
    for round in 1 .. 2 loop
        missing := (in_attempt ->> 'amount_minor')::numeric
                   - (select coalesce(sum(a.reserved_minor), 0) from jsonb_to_recordset(answers) as a (reserved_minor numeric));
        exit when missing <= 0;
        select jsonb_agg(in_attempt - 'answers' - 'asks' - 'amount_minor' || jsonb_build_object(
                   'node_id', r.node_id, 'round', round, 'wanted_minor', r.wanted_minor,
                   'coordinator_node_id', local_node_id()))
          into requests
          from (select a.node_id, a.wanted_minor
                  from jsonb_to_recordset(in_attempt -> 'asks') as a (node_id integer, wanted_minor text) where round = 1
                union all
                select n, missing::text from unnest(everyone) n where round = 2) r;
        continue when requests is null;
        if round = 2 then
            answers := answers || call_self(format('select billing.reserve(jsonb_build_array(%L::jsonb || %L))::text',
                requests -> 0, jsonb_build_object('node_id', local_node_id())));
        end if;
        answers := answers || call_self(format('select billing.reserve_at_nodes(%L, %s)::text', requests, timeout_ms));
    end loop;
    return call_self(format('select to_jsonb(d)::text from billing.decide_drain(%L, %L, %L, %L) d',
                            in_attempt ->> 'attempt_id', answers, everyone, in_is_last));
end;
$$;

create or replace function billing.tell_everyone()
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: brings each other node the decisions that it has not heard of, over call_self. The coordinator of this node
-- would tell them too, were there one, within its interval.
declare
    timeout_ms constant integer := 1000;
    node_id    integer;
begin
    for node_id in select n.node_id from node_config n where n.node_id <> local_node_id() loop
        begin
            perform call_self(format(
                'select to_jsonb(billing.mark_told(%1$s, t.told))::text from billing.tell_decisions(%1$s, 10, %2$s) t',
                node_id, timeout_ms));
        exception when others then
            raise notice 'node % was not told yet: %', node_id, sqlerrm;
        end;
    end loop;
end;
$$;
