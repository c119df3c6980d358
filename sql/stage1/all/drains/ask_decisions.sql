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
                            and r.deadline_at < clock_timestamp() - late_after()
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
