create or replace function billing.describe_hold_operation(in_status text, in_hold_id uuid, in_operation_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.describe_hold_operation(3)
--
--   What billing.begin_hold_operation says, with what is known by now. Null ids: of
--   neither.
--
-- Returns   {status, hold, left_minor, operation, asks: [{node_id, minor, is_answered,
--           got_minor, is_over, held_until}] in order of node, donors_position: of the
--           other nodes that have answered}
-- ---------------------------------------------------------------------------
    select jsonb_build_object(
        'status', in_status, 'hold', describe_hold(in_hold_id),
        'left_minor', (select sum(l.left_minor)::text from left_of_hold(in_hold_id) l),
        'donors_position', (select string_agg(describe_batch(a.node_id, a.batch_id), ',' order by a.node_id) from hold_asks a
                             where a.operation_id = in_operation_id and a.batch_id is not null and a.node_id <> local_node_id()),
        'operation', (select jsonb_build_object('operation_id', o.id, 'kind', o.kind, 'amount_minor', o.amount_minor::text,
                                                'refunded_minor', o.refunded_minor::text, 'ends_at', o.ends_at,
                                                'reference', o.reference, 'metadata', o.metadata::text, 'created_at', o.created_at)
                        from hold_operations o where o.id = in_operation_id),
        'asks', (select coalesce(jsonb_agg(jsonb_build_object(
                            'node_id', a.node_id, 'minor', a.minor::text, 'is_answered', a.answered_at is not null,
                            'got_minor', a.got_minor::text, 'is_over', a.is_over, 'held_until', a.held_until) order by a.node_id), '[]')
                   from hold_asks a where a.operation_id = in_operation_id));
$$;
