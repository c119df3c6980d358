create or replace function billing.ask_nodes(
    in_node_ids    integer[],
    in_queries     text[],
    in_timeout_ms  integer,
    in_probe       boolean default false
)
returns table (node_id integer, status text, answer text, code text)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.ask_nodes(4)
--
--   One statement at each of some other nodes, all at once, each behind its
--   node's circuit breaker. They commit there, each on its own; nothing is
--   written here before the answers, so no write transaction is open across the
--   WAN. A kept connection that turns out to be dead is replaced once, and the
--   statement sent again.
--
--   It cannot sleep until an answer comes, only look again and again, and the
--   looks cost more than the rest of it. So the session remembers how long each
--   node takes (billing.answer_ms_<node>), and looks when an answer is nearly due:
--   with 80 ms between nodes PostgreSQL's time for such a call falls by half.
--
-- Parameters
--   in_node_ids    each node once
--   in_queries     for each node a query of one text column that may be repeated,
--                  for the role billing_peer, whose own lock_timeout and
--                  statement_timeout bound it there
--   in_timeout_ms  how long to wait for the answers; connecting has its own bound
--   in_probe       ask even if a breaker is open
-- Returns, a row a node in their order
--   status  answered     answer is what it said
--           failed       it raised: nothing happened there. code is its SQLSTATE,
--                        answer its message
--           unreachable  nothing was sent
--           unknown      sent, no answer, or one that raised when it was sent again:
--                        it may or may not have happened
-- Writes    node_breakers
-- Raises    GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    deadline timestamptz;
    pause_s  double precision := 0.0002;
    states   text[];
    answers  text[] := array_fill(null::text, array[cardinality(in_node_ids)]);
    codes    text[] := answers;
    causes   text[];
    kept     boolean[];
    i        integer;
    waiting  boolean;
    said     record;
    sent_at  timestamptz;
    took_ms  double precision;
    usual_ms double precision[] := array_fill(null::double precision, array[cardinality(in_node_ids)]);
    due_s    double precision;   -- from now until the first of the answers awaited is nearly due
    was_due  boolean := false;   -- that is what the last sleep was for
begin
    select s.states, s.causes, s.kept into states, causes, kept from send_to_nodes(in_node_ids, in_queries, in_probe) s;
    -- From here: connecting to one that is cut off takes its own time, and is no failure of the others.
    sent_at := clock_timestamp();
    deadline := sent_at + make_interval(secs => in_timeout_ms / 1000.0);
    for i in 1 .. cardinality(in_node_ids) loop
        usual_ms[i] := nullif(current_setting('billing.answer_ms_' || in_node_ids[i], true), '');
    end loop;

    loop
        waiting := false;
        due_s := null;
        took_ms := extract(epoch from clock_timestamp() - sent_at) * 1000;
        for i in 1 .. cardinality(in_node_ids) loop
            continue when states[i] <> 'sent';
            if public.dblink_is_busy('conn_' || in_node_ids[i]) = 1 then
                waiting := true;
                due_s := least(due_s, (usual_ms[i] * 0.8 - took_ms) / 1000);
                continue;
            end if;
            -- Was it there before it was due, it takes less than we know; one slow answer says little.
            perform set_config('billing.answer_ms_' || in_node_ids[i],
                               (case when was_due then usual_ms[i] * 0.75
                                     else least(took_ms, usual_ms[i] * 1.25 + 0.2) end)::text, false);
            said := collect_or_resend(in_node_ids[i], in_queries[i], kept[i] and clock_timestamp() < deadline);
            states[i] := said.state;
            answers[i] := said.answer;
            codes[i] := said.code;
            causes[i] := coalesce(said.cause, causes[i]);
            kept[i] := kept[i] and said.cause is null;   -- replaced once
            waiting := waiting or said.state = 'sent';
        end loop;
        exit when not waiting or clock_timestamp() >= deadline;
        was_due := coalesce(due_s > 0.005, false);
        if was_due then
            perform pg_sleep(least(due_s, extract(epoch from deadline - clock_timestamp())));
        else
            perform pg_sleep(pause_s);
            pause_s := least(pause_s * 2, 0.002);
        end if;
    end loop;

    for i in 1 .. cardinality(in_node_ids) loop
        if states[i] = 'sent' then
            perform public.disconnect_from_node('conn_' || in_node_ids[i]);
            states[i] := 'unknown';
            causes[i] := format('no answer within %s ms', in_timeout_ms);
        end if;
        perform note_outcome(in_node_ids[i], states[i], causes[i]);
        node_id := in_node_ids[i];
        -- What was sent again has refused; what was sent before it may have happened.
        status := case when states[i] = 'spared' then 'unreachable'
                       when states[i] = 'failed' and causes[i] is not null then 'unknown'
                       else states[i] end;
        answer := answers[i];
        code := codes[i];
        return next;
    end loop;
end;
$$;

create or replace function billing.send_to_nodes(
    in_node_ids  integer[],
    in_queries   text[],
    in_probe     boolean,
    out states   text[],
    out causes   text[],
    out kept     boolean[]
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: starts a statement at each node whose breaker does not spare it. states: spared, or as of
-- billing.send_to_node; kept: over a connection that was there before.
declare
    i     integer;
    said  record;
begin
    states := array_fill(null::text, array[cardinality(in_node_ids)]);
    causes := states;
    kept := array_fill(false, array[cardinality(in_node_ids)]);
    for i in 1 .. cardinality(in_node_ids) loop
        kept[i] := 'conn_' || in_node_ids[i] = any (public.dblink_get_connections());
        if not in_probe and exists (select from node_breakers b where b.node_id = in_node_ids[i]
                                                                  and b.open_until > clock_timestamp()) then
            states[i] := 'spared';
        end if;
    end loop;

    -- Over kept connections first: making one to a silent node holds up whatever comes after it.
    for i in select s from generate_subscripts(in_node_ids, 1) s order by kept[s] desc, s loop
        if states[i] is null then
            said := send_to_node(in_node_ids[i], in_queries[i]);
            states[i] := said.state;
            causes[i] := said.cause;
        end if;
    end loop;
end;
$$;

create or replace function billing.send_to_node(
    in_node_id  integer,
    in_query    text,
    out state   text,
    out cause   text
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: starts a statement over the node's connection, made if need be.
-- state: sent, or unreachable with its cause.
begin
    if public.dblink_send_query(public.connect_to_node(in_node_id), in_query) = 1 then
        state := 'sent';
    else
        perform public.disconnect_from_node('conn_' || in_node_id);
        state := 'unreachable';
        cause := 'the connection was lost';
    end if;
exception when sqlstate 'GB007' then
    get stacked diagnostics cause = pg_exception_detail;
    state := 'unreachable';
end;
$$;

create or replace function billing.collect_from_node(
    in_node_id  integer,
    out state   text,
    out answer  text,
    out code    text
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: what a statement that is no longer busy has said.
-- state: answered; failed with message and SQLSTATE; lost, without an answer.
declare
    conn_name text := 'conn_' || in_node_id;
begin
    begin
        select r.answer into collect_from_node.answer from public.dblink_get_result(conn_name) as r (answer text);
        -- The connection is free again once an empty result has been read.
        perform from public.dblink_get_result(conn_name) as r (answer text);
        state := 'answered';
        return;
    exception when others then
        get stacked diagnostics code = returned_sqlstate, answer = message_text;
    end;
    perform public.disconnect_from_node(conn_name);
    state := case when code like '08%' or code = '57P01' then 'lost' else 'failed' end;
end;
$$;

create or replace function billing.collect_or_resend(
    in_node_id     integer,
    in_query       text,
    in_may_resend  boolean,
    out state      text,
    out answer     text,
    out code       text,
    out cause      text
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: as billing.collect_from_node, but of a connection that was lost: sent, over a new one, or unknown, with
-- the cause. Unknown stays unknown when it cannot be sent anew, as what was sent before got no answer.
begin
    select c.state, c.answer, c.code into state, answer, code from collect_from_node(in_node_id) c;
    if state = 'lost' then
        cause := 'the connection was lost before an answer came';
        state := 'unknown';
        if in_may_resend and (send_to_node(in_node_id, in_query)).state = 'sent' then
            state := 'sent';
        end if;
    end if;
end;
$$;

create or replace function billing.note_outcome(in_node_id integer, in_state text, in_cause text)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: an answer, a refusal too, closes the breaker of a node; silence opens it or keeps it open; a node that was
-- spared is as it was. Writes node_breakers.
declare
    open_for constant interval := '5 seconds';
begin
    if in_state in ('answered', 'failed') then
        if exists (select from node_breakers b where b.node_id = in_node_id) then
            delete from node_breakers b where b.node_id = in_node_id;
        end if;
    elsif in_state <> 'spared' then
        insert into node_breakers as b (node_id, failures, open_until, detail)
        values (in_node_id, 1, clock_timestamp() + open_for, in_cause)
        on conflict on constraint node_breakers_pkey do update
           set failures = b.failures + 1, open_until = excluded.open_until, detail = excluded.detail;
    end if;
end;
$$;
