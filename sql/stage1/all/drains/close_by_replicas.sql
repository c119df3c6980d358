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
