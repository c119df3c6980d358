create or replace function billing.start_attempt(in_pay_out billing.pay_outs, in_every_node boolean, in_asked jsonb default '[]')
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.start_attempt(3)
--
--   Internal: a new attempt of a pending pay-out whose row the caller has locked.
--   What this node has is set aside (round 1), and the donors are chosen.
--
-- Parameters
--   in_asked  asks of attempts of the same account that were begun just before
-- Returns   the attempt: attempt_id, pay_out_id, account_id, amount_minor,
--           reference, deadline_at, held_for_ms of a hold; asks, the donors and what is wanted of each; nodes, the
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
    -- Of one that was frozen since the attempt before nothing is set aside: its decision refuses it.
    own_minor := case when part.is_frozen and (select a.debits_frozen from accounts a where a.id = in_pay_out.account_id) then 0
                      else least(coalesce(part.balance_minor, 0), in_pay_out.amount_minor) end;

    if own_minor < in_pay_out.amount_minor then
        select jsonb_agg(jsonb_build_object('node_id', p.node_id, 'wanted_minor', p.wanted_minor::text)),
               array_agg(p.node_id)
          into asks, asked
          from plan_drain(in_pay_out.account_id, in_pay_out.amount_minor - own_minor, in_every_node, in_asked) p
         where p.wanted_minor > 0;
    end if;
    insert into pay_out_attempts (id, pay_out_id, account_id, amount_minor, deadline_at, untold_nodes)
    values (attempt_id, in_pay_out.id, in_pay_out.account_id, in_pay_out.amount_minor,
            in_pay_out.deadline_at, coalesce(asked, '{}'));
    if own_minor > 0 then
        perform set_aside(attempt_id, 1, in_pay_out.account_id, in_pay_out.id, self, own_minor, in_pay_out.deadline_at,
                          in_pay_out.reference, clock_timestamp() + make_interval(secs => in_pay_out.held_for_ms / 1000.0));
    end if;
    return jsonb_build_object(
        'attempt_id', attempt_id, 'pay_out_id', in_pay_out.id, 'account_id', in_pay_out.account_id::text,
        'amount_minor', in_pay_out.amount_minor::text, 'reference', in_pay_out.reference,
        'deadline_at', in_pay_out.deadline_at, 'held_for_ms', in_pay_out.held_for_ms,
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
