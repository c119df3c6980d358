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
