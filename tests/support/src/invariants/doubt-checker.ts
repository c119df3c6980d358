import { askEach, type Checker } from './checker.js';

/** Nothing is undecided, set aside, on its way, not yet told or answered, or held past its time. */
export const checkNothingInDoubt: Checker = async (ledgers) => {
  const rows = await askEach<{ what: string; of: string; since: Date }>(
    ledgers,
    `/* in doubt */
     select 'a pending pay-out' as what, id::text as of, created_at as since
       from billing.pay_outs where status = 'pending'
     union all
     select 'a pending attempt', id::text, started_at
       from billing.pay_out_attempts where state = 'pending'
     union all
     select 'an attempt that nodes ' || array_to_string(untold_nodes, ', ') || ' have not heard of',
            id::text, started_at
       from billing.pay_out_attempts where untold_nodes <> '{}'
     union all
     select 'an open reservation of node ' || coordinator_node_id, attempt_id::text, reserved_at
       from billing.reservations where state = 'reserved'
     union all
     select 'a transfer in transit', id::text, updated_at
       from billing.transfers where node_id = billing.local_node_id() and state = 'in_transit'
     union all
     select 'an operation on a hold that node ' || node_id || ' has not answered', operation_id::text, now()
       from billing.hold_asks where answered_at is null
     union all
     select 'a part of a hold past its time', hold_id::text, ends_at
       from billing.hold_parts where state = 'held' and ends_at < now()`,
  );
  return rows.map(
    ({ askedNode, what, of, since }) =>
      `node ${askedNode} has ${what}: ${of}, since ${since.toISOString()}`,
  );
};
