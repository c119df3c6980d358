create or replace function billing.reserve(in_requests jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.reserve(1)
--
--   Sets money of this node's part aside for drains, and says what else is here.
--   A repeat finds its reservation and takes nothing more.
--
-- Parameters
--   in_requests  array, judged in its order within an account, of {attempt_id, round, account_id, pay_out_id,
--                coordinator_node_id, wanted_minor, left_ms, deadline_at,
--                reference}. reference, for the entry, is absent of a version older.
--                left_ms, from another node: what is left of the time, counted from
--                the arrival here, so that no clock is compared with another
--                machine's. deadline_at, of this node's own attempt: by its clock;
--                also of a node one version behind, which sends nothing else, and
--                where clocks that disagree are seconds lost or won
-- Returns an array of answers, in any order:
--   {node_id, attempt_id, round,
--    status: first that holds wins
--      reserved         reserved_minor is held for this round, 0 to wanted_minor
--      closed           the attempt is decided: nothing is held for this round
--      account_deleted · account_frozen, its debits
--      late             nothing of the time is left: nothing is held. Promptness
--                       only: what comes after its decision finds `closed`
--    own_minor     all that the attempt holds here, in every round
--    others_minor  other open reservations, and transfers in transit from here
--    left_minor    the balance after it
--    income_minor  running total of what came in from outside
--    batch_id      of reserved that holds something: the batch that tells of it, or a
--                  later one; absent of a version older, and where none are sent}
--   Amounts are decimal strings. An account that is not known here has nothing here.
-- Locks     of each in account order: row of pay_out_attempts (this node's own
--           drains), row of account_balances
-- Writes    reservations, transaction_log (reserve), account_balances, batches
-- Raises    55P03, 57014 the caller's lock_timeout, statement_timeout: nothing is held
-- ---------------------------------------------------------------------------
declare
    self     integer := local_node_id();
    answers  jsonb := '[]';
    request  record;
    part     account_balances;
    held     record;
    status   text;
    take     bigint;
    batch    bigint;
begin
    for request in
        -- When the statement arrived: waiting for a lock is no time won.
        select r.attempt_id, r.round, r.account_id, r.pay_out_id, r.coordinator_node_id, r.wanted_minor, r.reference,
               statement_timestamp() + make_interval(secs => r.held_for_ms / 1000.0) as hold_ends_at,
               coalesce(statement_timestamp() + make_interval(secs => r.left_ms / 1000.0), r.deadline_at) as deadline_at
          from rows from (jsonb_to_recordset(in_requests)
                   as (attempt_id uuid, round integer, account_id bigint, pay_out_id uuid,
                       coordinator_node_id integer, wanted_minor bigint, left_ms bigint, deadline_at timestamptz,
                       reference text, held_for_ms bigint)) with ordinality r
         order by r.account_id, r.ordinality
    loop
        status := null;
        -- A drain of this node's own is decided under this lock: no reservation slips in behind it.
        if request.coordinator_node_id = self then
            perform from pay_out_attempts a
              where a.id = request.attempt_id and a.state = 'pending' for share;
            if not found then
                status := 'closed';
            end if;
        end if;
        select * into part from account_balances b
         where b.account_id = request.account_id and b.node_id = self for update;
        select coalesce(sum(r.amount_minor) filter (where r.state = 'reserved'), 0) as own_minor,
               sum(r.amount_minor) filter (where r.state = 'reserved' and r.round = request.round) as round_minor,
               coalesce(bool_or(r.state <> 'reserved' or r.coordinator_node_id <> request.coordinator_node_id), false) as is_closed
          into held
          from reservations r where r.attempt_id = request.attempt_id;

        take := 0;
        batch := null;
        if held.is_closed then
            status := 'closed';
        elsif held.round_minor is not null then
            status := 'reserved';
            batch := write_empty_batch();
        else
            -- Behind the lock of the part, as of billing.obey_account_state.
            status := coalesce(status, (select case when a.is_deleted then 'account_deleted' when a.debits_frozen then 'account_frozen' end
                                          from accounts a where a.id = request.account_id),
                               case when request.deadline_at <= clock_timestamp() then 'late' else 'reserved' end);
            take := case when status = 'reserved' then least(request.wanted_minor, coalesce(part.balance_minor, 0)) else 0 end;
            if take > 0 then
                batch := set_aside(request.attempt_id, request.round, request.account_id, request.pay_out_id,
                                   request.coordinator_node_id, take, request.deadline_at, request.reference,
                                   request.hold_ends_at);
            end if;
        end if;
        answers := answers || jsonb_strip_nulls(jsonb_build_object(
            'node_id', self, 'attempt_id', request.attempt_id, 'round', request.round, 'status', status,
            'reserved_minor', (coalesce(held.round_minor, 0) + take)::text,
            'own_minor', (held.own_minor + take)::text,
            'others_minor', (coalesce(part.reserved_minor, 0) - held.own_minor
                             + in_transit_minor(request.account_id))::text,
            'left_minor', (coalesce(part.balance_minor, 0) - take)::text,
            'income_minor', coalesce(part.income_minor, 0)::text,
            'batch_id', batch::text));
    end loop;
    return answers;
end;
$$;
