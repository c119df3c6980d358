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
