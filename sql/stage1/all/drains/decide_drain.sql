create or replace function billing.decide_drain(
    in_attempt_id          uuid,
    in_answers             jsonb,
    in_asked_nodes         integer[],
    in_is_last             boolean,
    out verdict            text,
    out taken_nodes        integer[],
    out taken_minor        bigint[],
    out available_minor    numeric,
    out stranded_minor     numeric,
    out unreachable_nodes  integer[],
    out decided_at         timestamptz,
    out "position"         text,
    out up_to              jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.decide_drain(4)
--
--   The durable word on an attempt, given once, only while it is pending: a
--   repeat hears the same. Committed if this node's reservations and those that
--   donors have confirmed cover the amount, this node's first, or, of one up to an
--   amount, its minimum; else aborted.
--   What this node holds is settled or released in the same commit. Of a hold
--   nothing is paid: it is open from then on.
--
-- Parameters
--   in_answers      all answers of the attempt; a request without an answer is
--                   never counted on, and released by its node when it is told.
--                   None at all, not even begin's: abort it, it is late
--   in_asked_nodes  whoever may hold something: to be told. Without answers: everybody
--   in_is_last      there is no time for another attempt
-- Returns
--   verdict  committed · account_deleted · account_frozen (a donor said so, or this node has confirmed it: also where the
--            amount is covered) · insufficient_funds ·
--            insufficient_reachable_funds (not while a node has merely not answered
--            this attempt and there is time for another) · contended (in_is_last: the pay-out is
--            rejected; else it stays pending for another attempt) ·
--            deadline_exceeded · unknown_attempt
--   taken_*            of committed: who gave what, in order of node
--   available_minor, stranded_minor, unreachable_nodes  of the insufficient ones;
--                      stranded is what replicas say of the unreachable nodes
--   position           of committed: this node's batch and each donor's that said one
--                      (docs/positions.md); null where none are sent
--   up_to              of a committed one up to an amount, as billing.pay_out has it
-- Locks     row of pay_outs, row of pay_out_attempts, row of account_balances
-- Writes    drain_decisions, pay_out_attempts, pay_outs, holds, batches, what billing.close_attempt
--           writes
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    self      integer := local_node_id();
    attempt   pay_out_attempts;
    pay_out   pay_outs;
    taken     record;
begin
    select * into pay_out from pay_outs p
     where p.id = (select a.pay_out_id from pay_out_attempts a where a.id = in_attempt_id) for update;
    select * into attempt from pay_out_attempts a where a.id = in_attempt_id for update;
    if not found then
        verdict := 'unknown_attempt';
        return;
    elsif attempt.state = 'committed' then
        verdict := 'committed';
        taken_nodes := pay_out.taken_nodes;
        taken_minor := pay_out.taken_minor;
        decided_at := pay_out.decided_at;
        "position" := add_donors(write_position(), pay_out.id);
        up_to := pay_out.up_to;
        return;
    elsif attempt.state = 'aborted' then
        verdict := coalesce(pay_out.rejection, 'contended');
        return;
    end if;

    decided_at := clock_timestamp();
    taken := plan_taking(attempt, in_answers, minimum_of(pay_out, attempt.amount_minor, in_answers));
    if taken.is_covered then
        verdict := 'committed';
    else
        select j.verdict, j.available_minor, j.stranded_minor, j.unreachable_nodes
          into verdict, available_minor, stranded_minor, unreachable_nodes
          from judge_uncovered(attempt, in_answers, in_is_last, minimum_of(pay_out, attempt.amount_minor, in_answers)) j;
    end if;

    insert into drain_decisions (attempt_id, node_id, account_id, decision, decided_at, taken_nodes, taken_rounds, taken_minor)
    values (in_attempt_id, self, attempt.account_id,
            case verdict when 'committed' then 'committed' else 'aborted' end::attempt_state, decide_drain.decided_at,
            taken.nodes, taken.rounds, taken.amounts_minor);
    update pay_out_attempts a
       set state = case verdict when 'committed' then 'committed' else 'aborted' end::attempt_state,
           -- Whoever ran a late one is gone, and may have asked anybody in its second round.
           untold_nodes = array(select distinct n
                                  from unnest(case when in_answers = '[]' then array(select c.node_id from node_config c)
                                                   else a.untold_nodes || in_asked_nodes end) n
                                 where n <> self)
     where a.id = in_attempt_id;
    perform close_attempt(in_attempt_id, attempt.account_id, self,
                          array(select t.round from unnest(taken.nodes, taken.rounds) as t (node_id, round)
                                 where t.node_id = self),
                          array(select t.amount_minor from unnest(taken.nodes, taken.amounts_minor) as t (node_id, amount_minor)
                                 where t.node_id = self));
    if verdict = 'committed' then
        select s.node_ids, s.amounts_minor into taken_nodes, taken_minor from sum_by_node(taken.nodes, taken.amounts_minor) s;
        up_to := judge_up_to(pay_out.up_to, taken_minor, in_answers);
        update pay_outs p
           set amount_minor = coalesce((decide_drain.up_to ->> 'amount_minor')::bigint, p.amount_minor), up_to = decide_drain.up_to,
               status = case when p.held_for_ms is null then 'committed' else 'held' end::pay_out_status, rejection = null,
               decided_at = decide_drain.decided_at, deadline_at = null,
               taken_nodes = decide_drain.taken_nodes, taken_minor = decide_drain.taken_minor,
               taken_batch_ids = batches_of_donors(decide_drain.taken_nodes, in_answers)
         where p.id = attempt.pay_out_id returning * into pay_out;
        if pay_out.held_for_ms is not null then
            perform open_hold(pay_out, attempt.started_at);
        end if;
        "position" := add_donors(describe_batch(self, tell_key(pay_out)), pay_out.id);
    elsif verdict <> 'contended' or in_is_last then
        update pay_outs p
           set status = 'rejected', rejection = verdict, decided_at = decide_drain.decided_at, deadline_at = null
         where p.id = attempt.pay_out_id returning * into pay_out;
        perform tell_key(pay_out);
    end if;
end;
$$;

create or replace function billing.batches_of_donors(in_node_ids integer[], in_answers jsonb)
returns bigint[]
language plpgsql
immutable
set search_path = billing, pg_temp
as $$
-- Internal: of each of these nodes the last batch that told of what it reserved; null: it said none, or is this one.
begin
    return array(select (select max(a.batch_id) from jsonb_to_recordset(in_answers) as a (node_id integer, status text, batch_id bigint)
                          where a.node_id = n.node_id and a.status = 'reserved' and n.node_id <> local_node_id())
                   from unnest(in_node_ids) with ordinality as n (node_id, i) order by n.i);
end;
$$;

create or replace function billing.minimum_of(in_pay_out billing.pay_outs, in_amount_minor bigint, in_answers jsonb)
returns bigint
language sql
immutable
as $$
-- Internal: what an attempt must cover: its amount, or of one up to an amount its minimum; from an account that is deleted somewhere,
-- or before everybody has been asked twice, nothing less is taken. No settings, so that it is inlined.
    select case when in_answers @? '$[*] ? (@.status == "account_deleted")' or not in_answers @? '$[*] ? (@.round == 2)'
                    then in_amount_minor
                else coalesce((in_pay_out.up_to ->> 'minimum_minor')::bigint, in_amount_minor) end;
$$;

create or replace function billing.sum_by_node(in_node_ids integer[], in_amounts_minor bigint[], out node_ids integer[], out amounts_minor bigint[])
returns record
language sql
immutable
as $$
-- Internal: amounts of nodes, each node once and in their order. No settings, so that it is inlined.
    select coalesce(array_agg(t.node_id order by t.node_id), '{}'), coalesce(array_agg(t.minor order by t.node_id), '{}')
      from (select s.node_id, sum(s.minor)::bigint as minor
              from unnest(in_node_ids, in_amounts_minor) as s (node_id, minor) group by 1) t;
$$;

create or replace function billing.judge_up_to(in_up_to jsonb, in_taken_minor bigint[], in_answers jsonb)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what a committed drain up to an amount says of itself: what is paid, whether those that answered had no more, and who did
-- not. Null: of an exact amount.
    select told_up_to(in_up_to, p.minor, p.minor < (in_up_to ->> 'up_to_minor')::bigint
                                         and j.verdict in ('insufficient_funds', 'insufficient_reachable_funds'), j.unreachable_nodes)
      from (select coalesce(sum(t), 0)::bigint as minor from unnest(in_taken_minor) t) p
     cross join lateral judge_shortage(p.minor + 1, in_answers, array(select n.node_id from node_config n)) j
     where in_up_to is not null;
$$;

create or replace function billing.is_frozen_for(in_account_id bigint, in_answers jsonb)
returns boolean
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: a donor has said that the account's debits are frozen, or they are at this node, whose part is locked here: nothing that was
-- begun before is paid after it has confirmed that (docs/accounts.md).
begin
    perform from account_balances b where b.account_id = in_account_id and b.node_id = local_node_id() for update;
    if not found then
        -- Made here, so that a confirmation waits for this, or this for it.
        perform make_balance_rows(array[in_account_id]);
    end if;
    return in_answers @? '$[*] ? (@.status == "account_frozen")'
        or coalesce((select a.debits_frozen from accounts a where a.id = in_account_id), false);
end;
$$;

create or replace function billing.judge_uncovered(
    in_attempt             billing.pay_out_attempts,
    in_answers             jsonb,
    in_is_last             boolean,
    in_minimum_minor       bigint,
    out verdict            text,
    out available_minor    numeric,
    out stranded_minor     numeric,
    out unreachable_nodes  integer[]
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: the verdict of billing.decide_drain on an attempt whose amount, or minimum, is not covered, and its figures.
begin
    if in_answers @? '$[*] ? (@.status == "account_deleted")' then
        verdict := 'account_deleted';
        return;
    elsif in_answers <> '[]' and is_frozen_for(in_attempt.account_id, in_answers) then
        verdict := 'account_frozen';
        return;
    end if;
    select j.verdict, j.available_minor, j.unreachable_nodes
      into verdict, available_minor, unreachable_nodes
      from judge_shortage(in_minimum_minor, in_answers, array(select n.node_id from node_config n)) j;
    stranded_minor := (select coalesce(sum(b.balance_minor), 0) from account_balances b
                        where b.account_id = in_attempt.account_id and b.node_id = any (unreachable_nodes));
    if verdict = 'unanswered' then
        verdict := case when in_is_last then 'deadline_exceeded' else 'contended' end;
    elsif verdict = 'insufficient_reachable_funds' and not in_is_last
          and in_answers @? '$[*] ? (@.status == "unknown")' then
        -- Slow just once, perhaps. The next attempt finds it reachable, or behind its breaker.
        verdict := 'contended';
    end if;
end;
$$;

create or replace function billing.judge_shortage(
    in_amount_minor  bigint,
    in_answers       jsonb,
    in_node_ids      integer[],
    out verdict            text,
    out available_minor    numeric,
    out unreachable_nodes  integer[]
)
language plpgsql
immutable
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.judge_shortage(3)
--
--   Why a drain came up short, from the answers of its rounds alone. Parts are
--   read at different moments, so the sum of one round proves nothing: money may
--   have moved from a part not read yet to one read already. What was at a node
--   at any moment between its two answers is at most what the first one told
--   (own + others + left) plus the income between the two; every first answer
--   comes before every second one, so at a moment in between the whole account
--   held at most the sum of these. Below the amount: it was not there.
--
-- Parameters
--   in_answers   of billing.reserve; this node's first is that of begin
--   in_node_ids  every node, this one included
-- Returns
--   verdict  insufficient_funds            every node answered both rounds, and the
--                                          bound lies below the amount
--            insufficient_reachable_funds  the same of the nodes that answered; the
--                                          others did not answer the second round
--            contended                     nothing is proved: others may hold it
--            unanswered                    there was no second round
--   available_minor    what the nodes last said is there for this attempt
--   unreachable_nodes  who did not answer the last round
-- ---------------------------------------------------------------------------
begin
    with answer as (
        select a.node_id, a.round, a.own_minor::numeric, a.others_minor::numeric, a.left_minor::numeric,
               a.income_minor::numeric, a.left_minor is not null as is_answered
          from jsonb_to_recordset(in_answers)
            as a (node_id integer, round integer, own_minor text, others_minor text, left_minor text, income_minor text)
    ), node as (
        select n.node_id,
               coalesce(f.is_answered and s.is_answered, false) as is_read,
               coalesce(s.is_answered, false) as is_reached,
               s.node_id is not null as is_asked,
               f.own_minor + f.others_minor + f.left_minor + s.income_minor - f.income_minor as bound,
               coalesce(s.own_minor + s.left_minor, f.own_minor + f.left_minor, 0) as available
          from unnest(in_node_ids) as n (node_id)
          left join answer f on f.node_id = n.node_id and f.round = 1
          left join answer s on s.node_id = n.node_id and s.round = 2
    )
    select case when not bool_and(is_asked) then 'unanswered'
                when bool_and(is_read or not is_reached) and bool_or(is_read)
                     and sum(bound) filter (where is_read) < in_amount_minor
                    then case when bool_and(is_read) then 'insufficient_funds' else 'insufficient_reachable_funds' end
                else 'contended' end,
           sum(available),
           coalesce(array_agg(node_id order by node_id) filter (where is_asked and not is_reached), '{}')
      into verdict, available_minor, unreachable_nodes
      from node;
end;
$$;

create or replace function billing.plan_taking(
    in_attempt         billing.pay_out_attempts,
    in_answers         jsonb,
    in_minimum_minor   bigint,
    out is_covered     boolean,
    out nodes          integer[],
    out rounds         integer[],
    out amounts_minor  bigint[]
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: which reservations an attempt takes from, this node's own first, as its table has them;
-- donors' as they have confirmed them. Nothing unless they cover the minimum, which is the amount but of one up to an amount; without
-- answers, which is how a late one is aborted, they never do. Of a frozen account nothing.
declare
    is_frozen constant boolean := in_answers <> '[]' and is_frozen_for(in_attempt.account_id, in_answers);
begin
    with held as (
        select r.coordinator_node_id as node_id, r.round, r.amount_minor
          from reservations r
         where r.attempt_id = in_attempt.id and r.state = 'reserved' and in_answers <> '[]'
        union all
        select distinct on (a.node_id, a.round) a.node_id, a.round, a.reserved_minor
          from jsonb_to_recordset(in_answers)
            as a (node_id integer, round integer, status text, reserved_minor bigint)
         where a.node_id <> local_node_id() and a.status = 'reserved' and a.reserved_minor > 0
    ), running as (
        select h.*, sum(h.amount_minor) over (order by h.node_id <> local_node_id(), h.round, h.node_id
                                              rows unbounded preceding) - h.amount_minor as before
          from held h
    ), taken as (
        select r.node_id, r.round, least(r.amount_minor, in_attempt.amount_minor - r.before)::bigint as amount_minor,
               not is_frozen and sum(r.amount_minor) over () >= in_minimum_minor as is_covered
          from running r
    )
    select coalesce(bool_and(t.is_covered), in_minimum_minor = 0 and in_answers <> '[]' and not is_frozen),
           coalesce(array_agg(t.node_id order by t.node_id, t.round) filter (where t.is_covered and t.amount_minor > 0), '{}'),
           coalesce(array_agg(t.round order by t.node_id, t.round) filter (where t.is_covered and t.amount_minor > 0), '{}'),
           coalesce(array_agg(t.amount_minor order by t.node_id, t.round) filter (where t.is_covered and t.amount_minor > 0), '{}')
      into is_covered, nodes, rounds, amounts_minor
      from taken t;
end;
$$;
