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
--   is taken is settled, and was debited when it was reserved, or, of a hold, is
--   held from now on (billing.hold_parts); the rest goes back.
--   Nothing held and the drain of another node: a tombstone, so that a reserve
--   under way is refused when it comes. A repeat changes nothing. The account's
--   deletion does not matter.
--
-- Parameters
--   in_taken_*  what the decision takes here, by round; none: all is released
-- Locks     row of account_balances, rows of reservations
-- Writes    reservations, transaction_log (release), account_balances, hold_parts
-- Raises    GB018 the decision takes what is not held here, was closed otherwise, or is of another node than the drain
-- ---------------------------------------------------------------------------
declare
    self     integer := local_node_id();
    held     reservations;
    known    integer[] := '{}';
    take     bigint;
    closed   bigint := 0;
    back     bigint := 0;
    kept     bigint := 0;
begin
    perform from account_balances b where b.account_id = in_account_id and b.node_id = self for update;
    for held in select * from reservations r where r.attempt_id = in_attempt_id order by r.round for update loop
        known := known || held.round;
        if held.coordinator_node_id <> in_coordinator_node_id then
            raise exception 'attempt % is of node %, not of node %', in_attempt_id, held.coordinator_node_id,
                in_coordinator_node_id using errcode = 'GB018';
        end if;
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
        if take > 0 and held.hold_ends_at is not null then
            kept := kept + take;
            insert into hold_parts as p (hold_id, home_node_id, account_id, amount_minor, ends_at, reference)
            values (held.pay_out_id, in_coordinator_node_id, in_account_id, take, held.hold_ends_at, held.reference)
            on conflict (hold_id) do update
               set amount_minor = p.amount_minor + excluded.amount_minor, ends_at = greatest(p.ends_at, excluded.ends_at);
        end if;
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
           set balance_minor = b.balance_minor + back, reserved_minor = b.reserved_minor - closed,
               held_minor = b.held_minor + kept
         where b.account_id = in_account_id and b.node_id = self;
    elsif known = '{}' and in_coordinator_node_id <> self then
        insert into reservations (attempt_id, round, account_id, coordinator_node_id, amount_minor, state, closed_at)
        values (in_attempt_id, 0, in_account_id, in_coordinator_node_id, 0, 'released', clock_timestamp());
    end if;
end;
$$;
