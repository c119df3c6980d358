-- Last step of a drain: settle or release, at every node that may hold something, behind the answer.
set role billing_owner;
create or replace function billing.close_attempt(
    in_attempt_id           uuid,
    in_account_id           bigint,
    in_coordinator_node_id  integer,
    in_taken_rounds         integer[],
    in_taken_minor          bigint[]
)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.close_attempt(5)
--
--   Internal: carries out a decision on what this node holds for an attempt. What
--   is taken is settled, and was debited when it was reserved; the rest goes back.
--   Nothing held and the drain of another node: a tombstone, so that a reserve
--   under way is refused when it comes. A repeat changes nothing. The account's
--   deletion does not matter.
--
-- Parameters
--   in_taken_*  what the decision takes here, by round; none: all is released
-- Locks     row of account_balances, rows of reservations
-- Writes    reservations, transaction_log (release), account_balances
-- Raises    GB018 the decision takes what is not held here, or was closed otherwise
-- ---------------------------------------------------------------------------
declare
    self     integer := local_node_id();
    held     reservations;
    known    integer[] := '{}';
    take     bigint;
    closed   bigint := 0;
    back     bigint := 0;
begin
    perform from account_balances b where b.account_id = in_account_id and b.node_id = self for update;
    for held in select * from reservations r where r.attempt_id = in_attempt_id order by r.round for update loop
        known := known || held.round;
        take := coalesce(in_taken_minor[array_position(in_taken_rounds, held.round)], 0);
        if held.state <> 'reserved' and held.settled_minor <> take or take > held.amount_minor then
            raise exception 'attempt % takes % of round %, which is % with %', in_attempt_id, take, held.round,
                held.state, held.amount_minor using errcode = 'GB018';
        end if;
        continue when held.state <> 'reserved';
        update reservations r
           set state = case when take > 0 then 'settled' else 'released' end::reservation_state,
               settled_minor = take, closed_at = clock_timestamp()
         where r.attempt_id = in_attempt_id and r.round = held.round;
        closed := closed + held.amount_minor;
        if take < held.amount_minor then
            back := back + held.amount_minor - take;
            insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, reference)
            values (in_account_id, held.amount_minor - take, held.pay_out_id, self, 'release', held.reference);
        end if;
    end loop;

    if exists (select from unnest(in_taken_rounds) t where t <> all (known)) then
        raise exception 'attempt % takes what is not held here', in_attempt_id using errcode = 'GB018';
    elsif closed > 0 then
        update account_balances b
           set balance_minor = b.balance_minor + back, reserved_minor = b.reserved_minor - closed
         where b.account_id = in_account_id and b.node_id = self;
    elsif known = '{}' and in_coordinator_node_id <> self then
        insert into reservations (attempt_id, round, account_id, coordinator_node_id, amount_minor, state, closed_at)
        values (in_attempt_id, 0, in_account_id, in_coordinator_node_id, 0, 'released', clock_timestamp());
    end if;
end;
$$;

create or replace function billing.close_reservations(in_decisions jsonb)
returns uuid[]
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.close_reservations(1)
--
--   Carries out decisions on what this node holds: settles, releases, or leaves a
--   tombstone. Called by the deciding node as billing_peer, and here by recovery.
--
-- Parameters
--   in_decisions  array of {attempt_id, account_id, coordinator_node_id,
--                 taken_rounds, taken_minor}: what is taken here
-- Returns   the attempts whose decision does not fit what is held here (GB018):
--           nothing was done to them, somebody has to look
-- Locks     as billing.close_attempt, in account order
-- Writes    as billing.close_attempt
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    refused   uuid[] := '{}';
    decision  record;
begin
    for decision in
        select * from jsonb_to_recordset(in_decisions)
            as d (attempt_id uuid, account_id bigint, coordinator_node_id integer,
                  taken_rounds integer[], taken_minor bigint[])
         order by d.account_id, d.attempt_id
    loop
        begin
            perform close_attempt(decision.attempt_id, decision.account_id, decision.coordinator_node_id,
                                  coalesce(decision.taken_rounds, '{}'), coalesce(decision.taken_minor, '{}'));
        exception when sqlstate 'GB018' then
            refused := refused || decision.attempt_id;
        end;
    end loop;
    return refused;
end;
$$;

create or replace function billing.decision_for(in_decision billing.drain_decisions, in_node_id integer)
returns jsonb
language plpgsql
immutable
set search_path = billing, pg_temp
as $$
-- Internal: what a decision says to one node, as billing.close_reservations wants it.
begin
    return (select jsonb_build_object(
        'attempt_id', in_decision.attempt_id, 'account_id', in_decision.account_id,
        'coordinator_node_id', in_decision.node_id,
        'taken_rounds', coalesce(jsonb_agg(t.round) filter (where t.node_id = in_node_id), '[]'),
        'taken_minor', coalesce(jsonb_agg(t.amount_minor) filter (where t.node_id = in_node_id), '[]'))
      from (select 1) one
      left join unnest(in_decision.taken_nodes, in_decision.taken_rounds, in_decision.taken_minor)
             as t (node_id, round, amount_minor) on true);
end;
$$;

create or replace function billing.tell_decisions(
    in_node_id     integer,
    in_limit       integer,
    in_timeout_ms  integer,
    out status     text,
    out told       uuid[],
    out refused    uuid[]
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.tell_decisions(3)
--
--   Brings this node's decisions to a node that may hold money for them, many in
--   one call. Writes nothing of them here, because the answer may never come: the
--   caller goes on with billing.mark_told. A crash in between means that they are
--   told again, which changes nothing.
--
-- Parameters
--   in_limit       decisions at most, oldest first
--   in_timeout_ms  how long to wait for the answer
-- Returns
--   status   nothing · told · unreachable (nothing was sent) · unknown (no answer:
--            tell them again)
--   told     the node has carried them out, now or before
--   refused  the node holds something else than what the decision takes (GB018)
-- Writes    node_breakers
-- Raises    what the other node raises; 55P03 and 40P01: again later
-- ---------------------------------------------------------------------------
declare
    decisions jsonb;
    asked     record;
begin
    refused := '{}';
    select coalesce(array_agg(a.id order by a.started_at), '{}'), jsonb_agg(decision_for(d, in_node_id))
      into told, decisions
      from (select * from pay_out_attempts a
             where a.untold_nodes @> array[in_node_id] and a.untold_nodes <> '{}' and a.state <> 'pending'
             order by a.started_at limit in_limit) a
      join drain_decisions d on d.attempt_id = a.id and d.node_id = local_node_id();
    if cardinality(told) = 0 then
        status := 'nothing';
        return;
    end if;
    asked := ask_node(in_node_id, format('select billing.close_reservations(%L)::text', decisions), in_timeout_ms);
    if asked.status = 'answered' then
        status := 'told';
        refused := asked.answer::uuid[];
        told := array(select t from unnest(told) t where t <> all (refused));
    else
        status := asked.status;
        told := '{}';
    end if;
end;
$$;

create or replace function billing.mark_told(in_node_id integer, in_attempt_ids uuid[])
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- The node has carried out these decisions. Returns how many were not known to be. A repeat changes nothing.
declare
    marked integer;
begin
    -- In order, as two tellers of two nodes may meet at the same attempts.
    perform from pay_out_attempts a where a.id = any (in_attempt_ids) order by a.id for update;
    update pay_out_attempts a set untold_nodes = array_remove(a.untold_nodes, in_node_id)
     where a.id = any (in_attempt_ids) and a.untold_nodes @> array[in_node_id];
    get diagnostics marked = row_count;
    return marked;
end;
$$;
reset role;
