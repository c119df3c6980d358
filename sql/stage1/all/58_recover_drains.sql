-- Recovery: what a crash, a cut link or a lost answer left behind ends here without an operator.
set role billing_owner;
create or replace function billing.list_late_attempts(in_limit integer)
returns setof uuid
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- Attempts of this node that are pending a second after their deadline: whoever ran them is gone.
-- billing.decide_drain(id, '[]', '{}', true) aborts one; each in a transaction of its own.
    select a.id from pay_out_attempts a
     where a.state = 'pending' and a.deadline_at < clock_timestamp() - interval '1 second'
     order by a.deadline_at limit in_limit;
$$;

create or replace function billing.reject_late_pay_outs(in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- Rejects pay-outs that are past their deadline, between two attempts: their coordinator is gone.
-- Returns how many. Locks and writes pay_outs.
declare
    rejected integer;
begin
    update pay_outs p set status = 'rejected', rejection = 'deadline_exceeded', decided_at = clock_timestamp(), deadline_at = null
     where p.id in (select o.id from pay_outs o
                     where o.status = 'pending' and o.deadline_at < clock_timestamp() - interval '1 second'
                       and not exists (select from pay_out_attempts a where a.pay_out_id = o.id and a.state = 'pending')
                     order by o.deadline_at limit in_limit for update skip locked);
    get diagnostics rejected = row_count;
    return rejected;
end;
$$;

create or replace function billing.close_by_replicas(in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.close_by_replicas(1)
--
--   Carries out decisions of other nodes that replication brought before their
--   node told them, or instead.
--
-- Returns   how many attempts were closed; one whose decision does not fit is left
-- Locks     as billing.close_attempt, in account order
-- Writes    as billing.close_attempt
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    decisions jsonb;
begin
    select jsonb_agg(decision_for(d, local_node_id())) into decisions
      from drain_decisions d
     where (d.attempt_id, d.node_id) in (
               select r.attempt_id, r.coordinator_node_id from reservations r
                where r.state = 'reserved' and r.coordinator_node_id <> local_node_id()
                  and exists (select from drain_decisions k where k.attempt_id = r.attempt_id
                                                              and k.node_id = r.coordinator_node_id)
                order by r.attempt_id limit in_limit);
    if decisions is null then
        return 0;
    end if;
    return jsonb_array_length(decisions) - cardinality(close_reservations(decisions));
end;
$$;

create or replace function billing.drain_decisions_of(in_attempt_ids uuid[], in_donor_node_id integer)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.drain_decisions_of(2)
--
--   What this node has decided on attempts of its own, asked by a donor that has
--   waited past the deadline. One still pending past its deadline is aborted here
--   and now.
--
-- Returns   {decided: as billing.close_reservations wants them, pending: ids,
--           unknown: ids never heard of (this node came back from a backup: keep
--           the reservations until its own rows are back)}
-- Locks     as billing.decide_drain
-- Writes    as billing.decide_drain
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    asked     uuid;
    decision  drain_decisions;
    decided   jsonb := '[]';
    pending   jsonb := '[]';
    unknown   jsonb := '[]';
begin
    -- In account order, as everybody locks: several donors may ask about the same accounts at once.
    for asked in select t.id from unnest(in_attempt_ids) as t (id)
                   left join pay_out_attempts a on a.id = t.id order by a.account_id, t.id loop
        if exists (select from pay_out_attempts a where a.id = asked and a.state = 'pending'
                                                    and a.deadline_at <= clock_timestamp()) then
            perform decide_drain(asked, '[]', array[in_donor_node_id], true);
        end if;
        select * into decision from drain_decisions d
         where d.attempt_id = asked and d.node_id = local_node_id();
        if found then
            decided := decided || decision_for(decision, in_donor_node_id);
        elsif exists (select from pay_out_attempts a where a.id = asked) then
            pending := pending || to_jsonb(asked);
        else
            unknown := unknown || to_jsonb(asked);
        end if;
    end loop;
    return jsonb_build_object('decided', decided, 'pending', pending, 'unknown', unknown);
end;
$$;

create or replace function billing.ask_decisions(
    in_node_id     integer,
    in_limit       integer,
    in_timeout_ms  integer,
    out status     text,
    out decided    jsonb,
    out unknown    uuid[]
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.ask_decisions(3)
--
--   Asks a node about its drains for which this node holds money past their
--   deadline. Only a decision ends a reservation, never a clock. Writes nothing
--   here: the caller goes on with billing.close_reservations(decided).
--
-- Returns
--   status   nothing · answered · unreachable · unknown (no answer: ask again)
--   decided  for billing.close_reservations; null when there is none
--   unknown  attempts that the node never heard of: kept, and a reason to alarm
-- Writes    node_breakers
-- Raises    what the other node raises
-- ---------------------------------------------------------------------------
declare
    attempt_ids uuid[];
    asked       record;
    answer      jsonb;
begin
    unknown := '{}';
    attempt_ids := array(select r.attempt_id from reservations r
                          where r.state = 'reserved' and r.coordinator_node_id = in_node_id
                            and r.deadline_at < clock_timestamp() - interval '1 second'
                          group by r.attempt_id order by min(r.deadline_at) limit in_limit);
    if cardinality(attempt_ids) = 0 then
        status := 'nothing';
        return;
    end if;
    asked := ask_node(in_node_id, format('select billing.drain_decisions_of(%L, %s)::text', attempt_ids, local_node_id()),
                      in_timeout_ms);
    status := asked.status;
    if status = 'answered' then
        answer := asked.answer::jsonb;
        decided := nullif(answer -> 'decided', '[]');
        unknown := array(select jsonb_array_elements_text(answer -> 'unknown')::uuid);
    end if;
end;
$$;

create or replace function billing.forget_pay_outs(in_older_than interval, in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.forget_pay_outs(2)
--
--   Forgets idempotency keys that are older, and what drains left behind: closed
--   reservations, attempts whose decision everybody knows, those decisions. The
--   pay-outs themselves and their entries stay for ever.
--
-- Parameters
--   in_limit   rows of each kind at most
-- Returns   rows forgotten, of all kinds; 0: nothing is that old
-- Locks     the rows it changes (skips locked ones)
-- Writes    pay_outs, reservations, pay_out_attempts, drain_decisions
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    before constant timestamptz := now() - in_older_than;
    total  integer;
    gone   integer;
begin
    update pay_outs p set idempotency_key = null
     where p.id in (select o.id from pay_outs o
                     where o.created_at < before and o.idempotency_key is not null and o.status <> 'pending'
                     limit in_limit for update skip locked);
    get diagnostics total = row_count;
    delete from reservations r
     where (r.attempt_id, r.round) in (select o.attempt_id, o.round from reservations o
                                        where o.state <> 'reserved' and o.closed_at < before
                                        limit in_limit for update skip locked);
    get diagnostics gone = row_count;
    total := total + gone;
    with ended as (
        delete from pay_out_attempts a
         where a.id in (select o.id from pay_out_attempts o
                         where o.state <> 'pending' and o.untold_nodes = '{}' and o.started_at < before
                         limit in_limit for update skip locked)
        returning a.id
    )
    delete from drain_decisions d using ended where d.attempt_id = ended.id and d.node_id = local_node_id();
    get diagnostics gone = row_count;
    return total + gone;
end;
$$;
reset role;
