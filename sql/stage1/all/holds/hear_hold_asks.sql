create or replace function billing.hear_hold_asks(in_asks jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.hear_hold_asks(1)
--
--   What a hold's home asks of the part that this node holds: the first commit here
--   ends it, and a repeat hears the same. Called as billing_peer, and by home of its
--   own part.
--
-- Parameters
--   in_asks   an array of {operation_id, kind, hold_id, account_id, home_node_id,
--             minor: of a capture, left_ms: of an extension, how much time is left from
--             the arrival on, decision: as of billing.close_reservations, where home does
--             not know that it was heard, captures: with a void, [{operation_id, minor}],
--             those without an answer}
-- Returns   an array of {operation_id, status, minor, held_until, batch_id}, of the
--           captures that a void brought, too
--      captured   minor of it
--      returned   minor was given back, by this void, or before
--      extended   held_until, by this node's clock
--      over       nothing is held any more: captured whole, voided or expired
--      refused    it does not fit what is here (GB018): nothing was done, somebody has
--                 to look
--      failed     it raised code, with message, or its rows are locked by others (55P03):
--                 nothing was done, and the others are carried out all the same
-- Locks     of each in account order: row of account_balances, then the part; waits half
--           a second for all of them
-- Writes    hold_parts, hold_captures, transaction_log (return), account_balances,
--           batches; as billing.close_attempt
-- Raises    GB004 a hold of another node than the caller
-- ---------------------------------------------------------------------------
declare
    wait_until constant timestamptz := clock_timestamp() + interval '500 milliseconds';
    answers jsonb := '[]';
    ask     jsonb;
    carried jsonb;
    what    text;
begin
    perform require_caller((a ->> 'home_node_id')::integer) from jsonb_array_elements(in_asks) a;
    for ask in
        select a from jsonb_array_elements(in_asks) a
         order by (a ->> 'account_id')::bigint, (a ->> 'hold_id')::uuid, (a ->> 'kind')::hold_operation_kind, (a ->> 'operation_id')::uuid
    loop
        begin
            perform set_config('lock_timeout', greatest(1, floor(extract(epoch from wait_until - clock_timestamp()) * 1000))::text, true);
            carried := carry_out_hold_ask(ask);
        exception
            when sqlstate 'GB018' then
                carried := jsonb_build_array(jsonb_build_object('operation_id', ask -> 'operation_id', 'status', 'refused'));
            when others then
                get stacked diagnostics what = message_text;
                carried := jsonb_build_array(jsonb_build_object('operation_id', ask -> 'operation_id', 'status', 'failed',
                                                                'code', sqlstate, 'message', what));
        end;
        answers := answers || carried;
    end loop;
    return answers;
end;
$$;

create or replace function billing.carry_out_hold_ask(in_ask jsonb)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: one of the asks of billing.hear_hold_asks. Returns, locks, writes as that. Raises GB018 it does not fit what is here; as
-- billing.return_part.
declare
    ask record;
begin
    select a.* into ask
      from jsonb_to_record(in_ask)
        as a (operation_id uuid, kind hold_operation_kind, hold_id uuid, account_id bigint, home_node_id integer, minor bigint,
              left_ms bigint, decision jsonb, captures jsonb);
    perform hear_decision(ask.decision);
    perform lock_hold_part(ask.hold_id, ask.account_id, ask.home_node_id);
    return case ask.kind
        when 'capture' then jsonb_build_array(capture_part(ask.hold_id, ask.operation_id, ask.minor))
        when 'void' then capture_before(ask.hold_id, ask.captures) || void_part(ask.hold_id, ask.operation_id)
        else jsonb_build_array(extend_part(ask.hold_id, ask.operation_id,
                                           statement_timestamp() + make_interval(secs => ask.left_ms / 1000.0))) end;
end;
$$;

create or replace function billing.hear_decision(in_decision jsonb)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: carries out the decision that an ask brought along; null: none. Writes as billing.close_attempt. Raises GB018 it does not fit.
begin
    if in_decision is not null and close_reservations(jsonb_build_array(in_decision)) <> '{}' then
        raise exception 'the decision on attempt % does not fit', in_decision ->> 'attempt_id' using errcode = 'GB018';
    end if;
end;
$$;

create or replace function billing.lock_hold_part(in_hold_id uuid, in_account_id bigint, in_home_node_id integer)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: locks the account's row here, as everything does first, then the part. Raises GB018 there is none.
begin
    perform from account_balances b where b.account_id = in_account_id and b.node_id = local_node_id() for update;
    perform from hold_parts p
      where p.hold_id = in_hold_id and p.account_id = in_account_id and p.home_node_id = in_home_node_id for update;
    if not found then
        raise exception 'hold % of node % has nothing here', in_hold_id, in_home_node_id using errcode = 'GB018';
    end if;
end;
$$;

create or replace function billing.capture_part(in_hold_id uuid, in_capture_id uuid, in_minor bigint)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: captures of a part that the caller has locked: all that is asked or, of one that is over, nothing. Returns as
-- billing.hear_hold_asks. No entry: it was taken from the balance when it was reserved. Writes hold_parts, hold_captures,
-- account_balances. Raises GB018 less is held.
declare
    part     hold_parts := (select p from hold_parts p where p.hold_id = in_hold_id);
    captured bigint := (select c.amount_minor from hold_captures c where c.hold_id = in_hold_id and c.capture_id = in_capture_id);
    left_minor constant bigint := part.amount_minor - part.captured_minor;
begin
    if captured is null and part.state <> 'held' then
        return jsonb_build_object('operation_id', in_capture_id, 'status', 'over', 'minor', '0', 'batch_id', write_empty_batch()::text);
    elsif captured is null and left_minor < in_minor then
        raise exception 'capture % asks for % of hold %, which has %', in_capture_id, in_minor, in_hold_id, left_minor
            using errcode = 'GB018';
    elsif captured is null then
        insert into hold_captures (hold_id, capture_id, account_id, amount_minor)
        values (in_hold_id, in_capture_id, part.account_id, in_minor);
        update hold_parts p
           set captured_minor = p.captured_minor + in_minor,
               state = case when left_minor = in_minor then 'captured' else 'held' end::hold_part_state,
               ended_at = case when left_minor = in_minor then clock_timestamp() end
         where p.hold_id = in_hold_id;
        update account_balances b set held_minor = b.held_minor - in_minor
         where b.account_id = part.account_id and b.node_id = local_node_id();
    end if;
    return jsonb_build_object('operation_id', in_capture_id, 'status', 'captured', 'minor', coalesce(captured, in_minor)::text,
                              'batch_id', write_empty_batch()::text);
end;
$$;

create or replace function billing.capture_before(in_hold_id uuid, in_captures jsonb)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: the captures that a void brings along, as home asked for them before. Returns, writes, raises as billing.capture_part.
declare
    answers jsonb := '[]';
    capture record;
begin
    for capture in select * from jsonb_to_recordset(coalesce(in_captures, '[]')) as c (operation_id uuid, minor bigint) loop
        answers := answers || capture_part(in_hold_id, capture.operation_id, capture.minor);
    end loop;
    return answers;
end;
$$;

create or replace function billing.void_part(in_hold_id uuid, in_void_id uuid)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: voids a part that the caller has locked. Returns, writes as billing.hear_hold_asks.
declare
    part hold_parts := (select p from hold_parts p where p.hold_id = in_hold_id);
begin
    if part.state = 'held' then
        part := return_part(part, 'voided');
    end if;
    return jsonb_build_object('operation_id', in_void_id, 'status', 'returned', 'minor', part.returned_minor::text,
                              'batch_id', write_empty_batch()::text);
end;
$$;

create or replace function billing.extend_part(in_hold_id uuid, in_extension_id uuid, in_ends_at timestamptz)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: a part that the caller has locked ends later, or as it would have. Returns as billing.hear_hold_asks. Writes hold_parts.
declare
    part hold_parts;
begin
    update hold_parts p set ends_at = greatest(p.ends_at, in_ends_at) where p.hold_id = in_hold_id and p.state = 'held' returning * into part;
    return jsonb_build_object('operation_id', in_extension_id, 'status', case when found then 'extended' else 'over' end,
                              'held_until', part.ends_at);
end;
$$;

create or replace function billing.return_part(in_part billing.hold_parts, in_state billing.hold_part_state)
returns billing.hold_parts
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: what is left of a part goes back into the balance, as income, for good; the caller has locked the account's row, then
-- the part. Writes transaction_log (return), account_balances, hold_parts. Raises 22003 the balance would leave the range of bigint.
declare
    part       hold_parts;
    left_minor constant bigint := in_part.amount_minor - in_part.captured_minor;
begin
    insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, reference)
    values (in_part.account_id, left_minor, in_part.hold_id, local_node_id(), 'return', in_part.reference);
    update account_balances b
       set balance_minor = b.balance_minor + left_minor, income_minor = b.income_minor + left_minor,
           held_minor = b.held_minor - left_minor
     where b.account_id = in_part.account_id and b.node_id = local_node_id();
    update hold_parts p set state = in_state, returned_minor = left_minor, ended_at = clock_timestamp()
     where p.hold_id = in_part.hold_id returning * into part;
    return part;
end;
$$;
