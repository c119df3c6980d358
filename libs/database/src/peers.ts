import type { Caller } from './database.js';

/** `billing.probe_node`: whether another node answers now. @throws DatabaseError */
export async function probeNode(
  database: Caller,
  nodeId: number,
  timeoutMs: number,
): Promise<boolean> {
  const [row] = await database.query<{ answers: boolean }>(
    'probe_node',
    'select billing.probe_node($1, $2) as answers',
    [nodeId, timeoutMs],
  );
  return row?.answers === true;
}

/** What one visit to another node shows. */
export interface Visit {
  readonly answers: boolean;
  /** Of this node to it; undefined: node_config does not know the node. */
  readonly subscription: SubscriptionStatus | undefined;
  readonly slotLost: boolean;
  /** Money is held here for it past its deadline. */
  readonly hasLateReservations: boolean;
  readonly hasTransfers: boolean;
  /** `handOverPayIns` has something for it. */
  readonly hasPayIns: boolean;
}

/** `billing.visit_node`: whether it answers now, and what there is to do for it. @throws DatabaseError */
export async function visitNode(
  database: Caller,
  nodeId: number,
  timeoutMs: number,
): Promise<Visit> {
  const [row] = await database.query<{
    answers: boolean;
    subscription_status: SubscriptionStatus | null;
    slot_lost: boolean | null;
    has_late_reservations: boolean;
    has_transfers: boolean;
    has_pay_ins: boolean;
  }>('visit_node', 'select * from billing.visit_node($1, $2)', [nodeId, timeoutMs]);
  if (row === undefined) throw new TypeError('select returned no row');
  return {
    answers: row.answers,
    subscription: row.subscription_status ?? undefined,
    slotLost: row.slot_lost === true,
    hasLateReservations: row.has_late_reservations,
    hasTransfers: row.has_transfers,
    hasPayIns: row.has_pay_ins,
  };
}

export type SubscriptionStatus =
  'replicating' | 'initializing' | 'down' | 'disabled' | 'unknown' | 'missing';

export interface PeerReplication {
  readonly nodeId: number;
  /** Of this node to the peer. */
  readonly subscription: SubscriptionStatus;
  /** The peer's last heartbeat that has arrived here. */
  readonly beatAt: Date | undefined;
  readonly replayLagMs: bigint | undefined;
  /** Of this node for the peer; undefined: there is no slot. */
  readonly slotActive: boolean | undefined;
  readonly slotWalBytes: bigint | undefined;
  readonly slotLost: boolean;
}

/** `billing.replication_status`: a row for each other node of node_config. @throws DatabaseError */
export async function replicationStatus(database: Caller): Promise<PeerReplication[]> {
  const rows = await database.query<{
    peer_node_id: number;
    subscription_status: SubscriptionStatus;
    beat_at: Date | null;
    replay_lag_ms: bigint | null;
    slot_active: boolean | null;
    slot_wal_bytes: bigint | null;
    slot_lost: boolean | null;
  }>('replication_status', 'select * from billing.replication_status()');
  return rows.map((row) => ({
    nodeId: row.peer_node_id,
    subscription: row.subscription_status,
    beatAt: row.beat_at ?? undefined,
    replayLagMs: row.replay_lag_ms ?? undefined,
    slotActive: row.slot_active ?? undefined,
    slotWalBytes: row.slot_wal_bytes ?? undefined,
    slotLost: row.slot_lost ?? false,
  }));
}

/**
 * `billing.restart_subscription`: starts applying from a peer anew, now.
 * @returns false when there is no such subscription. @throws DatabaseError
 */
export async function restartSubscription(database: Caller, nodeId: number): Promise<boolean> {
  const [row] = await database.query<{ restarted: boolean }>(
    'restart_subscription',
    'select billing.restart_subscription($1) as restarted',
    [nodeId],
  );
  return row?.restarted === true;
}
