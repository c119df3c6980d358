create or replace function billing.see_duties(
    out has_drains_left       boolean,
    out has_arrived_accounts  boolean,
    out untold_node_ids       integer[],
    out has_batches           boolean,
    out has_duplicates        boolean,
    out has_clawbacks         boolean,
    out has_holds_over        boolean,
    out hold_node_ids         integer[]
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.see_duties()
--
--   What there is to do at this node for its holder, who asks each second, in one
--   call: most often nothing, and then nothing else is asked. What there is to do
--   for another node alone: billing.visit_node.
--
-- Returns
--   has_drains_left       list_late_attempts, reject_late_pay_outs or
--                         close_by_replicas has something to end
--   has_arrived_accounts  add_missing_balance_rows has something to do
--   untold_node_ids       nodes that tell_decisions has something for
--   has_batches           unpack_batches or seal_batches has something to do
--   has_duplicates        undo_duplicates or move_refunds has something to do
--   has_clawbacks         take_clawbacks has something to do
--   has_holds_over        end_holds has something to end
--   hold_node_ids         nodes that ask_hold_parts has something for
-- ---------------------------------------------------------------------------
declare
    -- Constant, so that an index finds what is over by it.
    moment constant timestamptz := clock_timestamp();
begin
    select exists (select from pay_out_attempts a
                    where a.state = 'pending' and a.deadline_at < clock_timestamp() - late_after())
        or exists (select from pay_outs o
                    where o.status = 'pending' and o.deadline_at < clock_timestamp() - late_after()
                      and not exists (select from pay_out_attempts a where a.pay_out_id = o.id and a.state = 'pending'))
        or exists (select from reservations r
                    where r.state = 'reserved' and r.coordinator_node_id <> local_node_id()
                      and exists (select from drain_decisions k where k.attempt_id = r.attempt_id
                                                                  and k.node_id = r.coordinator_node_id)),
           exists (select from arrived_accounts),
           array(select n.node_id from node_config n
                  where exists (select from pay_out_attempts a
                                 where a.untold_nodes @> array[n.node_id] and a.untold_nodes <> '{}'
                                   and a.state <> 'pending')),
           exists (select from arrived_batches) or exists (select from batches),
           exists (select from arrived_duplicates d where d.tried_at < clock_timestamp() - interval '1 minute')
           or exists (select from moved_refunds m where m.moved_minor is null and m.tried_at < clock_timestamp() - moved_after()),
           exists (select from arrived_duplicate_pay_ins d where d.tried_at < clock_timestamp() - unpacked_after())
           or exists (select from clawbacks c where c.node_id = local_node_id() and c.taken_minor < c.amount_minor and is_clawback_due(c)),
           exists (select from holds h where h.state = 'open' and h.ends_at <= moment)
           or exists (select from hold_parts p where p.state = 'held' and p.ends_at <= moment and p.home_node_id <> local_node_id()),
           array(select n.node_id from node_config n
                  where exists (select from hold_asks a where a.node_id = n.node_id and a.answered_at is null))
      into has_drains_left, has_arrived_accounts, untold_node_ids, has_batches, has_duplicates, has_clawbacks, has_holds_over,
           hold_node_ids;
end;
$$;
