import type { Caller } from './database.js';

/** `billing.begin_transfers`: puts planned transfers to a node in transit. @throws DatabaseError */
export async function beginTransfers(
  database: Caller,
  toNodeId: number,
  limit: number,
): Promise<{ begun: number; cancelled: number }> {
  const [row] = await database.query<{ begun: number; cancelled: number }>(
    'begin_transfers',
    'select * from billing.begin_transfers($1, $2)',
    [toNodeId, limit],
  );
  if (row === undefined) throw new TypeError('billing.begin_transfers returned no row');
  return row;
}

export type DeliveryStatus = 'nothing' | 'delivered' | 'unreachable' | 'unknown';

export interface TransferDelivery {
  readonly status: DeliveryStatus;
  readonly delivered: readonly string[];
  readonly refused: readonly string[];
  /** Replication has not shown them there yet: to be brought again in a moment. */
  readonly unseen: readonly string[];
}

/** `billing.deliver_transfers`: brings what is in transit to its node. @throws DatabaseError */
export async function deliverTransfers(
  database: Caller,
  toNodeId: number,
  limit: number,
  timeoutMs: number,
): Promise<TransferDelivery> {
  const [row] = await database.query<{
    status: DeliveryStatus;
    delivered: string[];
    refused: string[];
    unseen: string[];
  }>(
    'deliver_transfers',
    'select status, delivered::text[], refused::text[], unseen::text[] from billing.deliver_transfers($1, $2, $3)',
    [toNodeId, limit, timeoutMs],
  );
  if (row === undefined) throw new TypeError('billing.deliver_transfers returned no row');
  return row;
}

/** `billing.mark_transfers_delivered`: ends what the node has credited. @throws DatabaseError */
export async function markTransfersDelivered(
  database: Caller,
  outcome: { delivered: readonly string[]; refused: readonly string[] },
): Promise<number> {
  const [row] = await database.query<{ marked: number }>(
    'mark_transfers_delivered',
    'select billing.mark_transfers_delivered($1, $2) as marked',
    [outcome.delivered, outcome.refused],
  );
  return row?.marked ?? 0;
}

export interface OpenTransfers {
  readonly toNodeId: number;
  readonly planned: bigint;
  readonly inTransit: bigint;
}

/** `billing.count_open_transfers`: what this node still has to bring to others. @throws DatabaseError */
export async function countOpenTransfers(database: Caller): Promise<OpenTransfers[]> {
  const rows = await database.query<{ to_node_id: number; planned: bigint; in_transit: bigint }>(
    'count_open_transfers',
    'select * from billing.count_open_transfers()',
  );
  return rows.map(({ to_node_id, planned, in_transit }) => ({
    toNodeId: to_node_id,
    planned,
    inTransit: in_transit,
  }));
}
