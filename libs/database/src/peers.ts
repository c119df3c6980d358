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
