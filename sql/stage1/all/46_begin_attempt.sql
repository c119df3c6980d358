-- First step of a drain: begin. One local commit.
set role billing_owner;
create or replace function billing.start_attempt(in_pay_out billing.pay_outs, in_every_node boolean)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.start_attempt(2)
--
--   Internal: a new attempt of a pending pay-out whose row the caller has locked.
--   What this node has is set aside (round 1), and the donors are chosen.
--
-- Returns   the attempt: attempt_id, pay_out_id, account_id, amount_minor,
--           reference, deadline_at; asks, the donors and what is wanted of each; nodes, the
--           ids of every node, for a second round; answers, what this node itself
--           holds, as billing.reserve would say it. Amounts are decimal strings.
-- Locks     row of account_balances
-- Writes    pay_out_attempts, reservations, transaction_log (reserve),
--           account_balances
-- Raises    23505 another attempt is pending
-- ---------------------------------------------------------------------------
declare
    self        integer := local_node_id();
    attempt_id  uuid := gen_random_uuid();
    part        account_balances;
    own_minor   bigint;
    asks        jsonb;
    asked       integer[];
begin
    select * into part from account_balances b
     where b.account_id = in_pay_out.account_id and b.node_id = self for update;
    own_minor := least(coalesce(part.balance_minor, 0), in_pay_out.amount_minor);

    if own_minor < in_pay_out.amount_minor then
        select jsonb_agg(jsonb_build_object('node_id', p.node_id, 'wanted_minor', p.wanted_minor::text)),
               array_agg(p.node_id)
          into asks, asked
          from plan_drain(in_pay_out.account_id, in_pay_out.amount_minor - own_minor, in_every_node) p
         where p.wanted_minor > 0;
    end if;
    insert into pay_out_attempts (id, pay_out_id, account_id, amount_minor, deadline_at, untold_nodes)
    values (attempt_id, in_pay_out.id, in_pay_out.account_id, in_pay_out.amount_minor,
            in_pay_out.deadline_at, coalesce(asked, '{}'));
    if own_minor > 0 then
        perform set_aside(attempt_id, 1, in_pay_out.account_id, in_pay_out.id, self, own_minor, in_pay_out.deadline_at,
                          in_pay_out.reference);
    end if;
    return jsonb_build_object(
        'attempt_id', attempt_id, 'pay_out_id', in_pay_out.id, 'account_id', in_pay_out.account_id::text,
        'amount_minor', in_pay_out.amount_minor::text, 'reference', in_pay_out.reference,
        'deadline_at', in_pay_out.deadline_at,
        'asks', coalesce(asks, '[]'),
        'nodes', (select jsonb_agg(n.node_id order by n.node_id) from node_config n),
        'answers', jsonb_build_array(jsonb_build_object(
            'node_id', self, 'attempt_id', attempt_id, 'round', 1, 'status', 'reserved',
            'reserved_minor', own_minor::text, 'own_minor', own_minor::text,
            'others_minor', (coalesce(part.reserved_minor, 0) + in_transit_minor(in_pay_out.account_id))::text,
            'left_minor', (coalesce(part.balance_minor, 0) - own_minor)::text,
            'income_minor', coalesce(part.income_minor, 0)::text)));
end;
$$;

create or replace function billing.set_aside(
    in_attempt_id           uuid,
    in_round                integer,
    in_account_id           bigint,
    in_pay_out_id           uuid,
    in_coordinator_node_id  integer,
    in_amount_minor         bigint,
    in_deadline_at          timestamptz,
    in_reference            text
)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: makes a reservation of this node's part, whose row the caller has locked: reservation,
-- entry and balance together.
begin
    insert into reservations (attempt_id, round, account_id, pay_out_id, coordinator_node_id, amount_minor, state, deadline_at,
                              reference)
    values (in_attempt_id, in_round, in_account_id, in_pay_out_id, in_coordinator_node_id, in_amount_minor,
            'reserved', in_deadline_at, in_reference);
    insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, reference)
    values (in_account_id, -in_amount_minor, in_pay_out_id, local_node_id(), 'reserve', in_reference);
    update account_balances
       set balance_minor = balance_minor - in_amount_minor, reserved_minor = reserved_minor + in_amount_minor
     where account_id = in_account_id and node_id = local_node_id();
end;
$$;

create or replace function billing.begin_attempt(in_pay_out_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.begin_attempt(1)
--
--   A further attempt of a pay-out whose last one was contended. It asks every
--   node, so that two rounds can prove what there is.
--
-- Returns   as billing.start_attempt; null when the pay-out is not pending, has
--           an attempt that is, or is past its deadline
-- Locks     row of pay_outs, row of account_balances
-- Writes    as billing.start_attempt
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    pay_out pay_outs;
begin
    select * into pay_out from pay_outs where id = in_pay_out_id for update;
    if pay_out.status is distinct from 'pending' or pay_out.deadline_at <= clock_timestamp()
       or exists (select from pay_out_attempts a where a.pay_out_id = in_pay_out_id and a.state = 'pending') then
        return null;
    end if;
    return start_attempt(pay_out, true);
end;
$$;
reset role;
