import type { Tenants } from '@billing/contracts';
import type { Caller } from './database.js';
import { toParameter } from './tenants.js';

export interface ParkedCount {
  readonly parked: number;
  readonly oldestAgeS: number;
}

/** `billing.count_parked_pay_ins`. @throws DatabaseError */
export async function countParkedPayIns(database: Caller): Promise<ParkedCount> {
  const [row] = await database.query<{ parked: bigint; oldest_age_s: number }>(
    'count_parked_pay_ins',
    'select * from billing.count_parked_pay_ins()',
  );
  if (row === undefined) throw new TypeError('billing.count_parked_pay_ins returned no row');
  return { parked: Number(row.parked), oldestAgeS: row.oldest_age_s };
}

export interface OpenDeadLetters {
  readonly reason: string;
  readonly letters: number;
}

/** `billing.count_dead_letters`: a row for every reason there is. @throws DatabaseError */
export async function countDeadLetters(
  database: Caller,
  tenants: Tenants,
): Promise<OpenDeadLetters[]> {
  const rows = await database.query<{ reason: string; letters: bigint }>(
    'count_dead_letters',
    'select * from billing.count_dead_letters($1)',
    [toParameter(tenants)],
  );
  return rows.map(({ reason, letters }) => ({ reason, letters: Number(letters) }));
}

/** Dead letters whose copy is not on the topic yet. */
export interface UncopiedDeadLetters {
  readonly letters: number;
  readonly oldestAgeS: number;
}

/** `billing.count_uncopied_dead_letters`. @throws DatabaseError */
export async function countUncopiedDeadLetters(database: Caller): Promise<UncopiedDeadLetters> {
  const [row] = await database.query<{ letters: bigint; oldest_age_s: number }>(
    'count_uncopied_dead_letters',
    'select * from billing.count_uncopied_dead_letters()',
  );
  if (row === undefined) throw new TypeError('billing.count_uncopied_dead_letters returned no row');
  return { letters: Number(row.letters), oldestAgeS: row.oldest_age_s };
}

/** See the header of billing.list_drains_in_doubt. */
export type DoubtStage = 'undecided' | 'untold' | 'reserved';

export interface DrainsInDoubt {
  readonly stage: DoubtStage;
  readonly drains: number;
  readonly oldestAgeS: number;
}

/** `billing.list_drains_in_doubt`: a row for every stage there is. @throws DatabaseError */
export async function listDrainsInDoubt(database: Caller): Promise<DrainsInDoubt[]> {
  const rows = await database.query<{ stage: DoubtStage; drains: bigint; oldest_age_s: number }>(
    'list_drains_in_doubt',
    'select * from billing.list_drains_in_doubt()',
  );
  return rows.map((row) => ({
    stage: row.stage,
    drains: Number(row.drains),
    oldestAgeS: row.oldest_age_s,
  }));
}

/** See the header of billing.count_holds. */
export type HoldStage = 'open' | 'unanswered' | 'over';

export interface HoldCount {
  readonly stage: HoldStage;
  readonly holds: number;
  readonly oldestAgeS: number;
}

/** `billing.count_holds`: a row for every stage there is. @throws DatabaseError */
export async function countHolds(database: Caller): Promise<HoldCount[]> {
  const rows = await database.query<{ stage: HoldStage; holds: bigint; oldest_age_s: number }>(
    'count_holds',
    'select * from billing.count_holds()',
  );
  return rows.map(({ stage, holds, oldest_age_s: oldestAgeS }) => ({
    stage,
    holds: Number(holds),
    oldestAgeS,
  }));
}

export interface BreakerState {
  readonly nodeId: number;
  readonly isOpen: boolean;
  /** In a row; above 0 and not open: half open. */
  readonly failures: number;
}

/** `billing.list_breakers`: a row for each other node. @throws DatabaseError */
export async function listBreakers(database: Caller): Promise<BreakerState[]> {
  const rows = await database.query<{ peer_node_id: number; is_open: boolean; failures: number }>(
    'list_breakers',
    'select * from billing.list_breakers()',
  );
  return rows.map((row) => ({
    nodeId: row.peer_node_id,
    isOpen: row.is_open,
    failures: row.failures,
  }));
}

/** Another node's clock against this node's; undefined: it has not answered for a minute. */
export interface NodeClock {
  readonly nodeId: number;
  /** How far it is ahead; below zero: behind. */
  readonly skewMs: number | undefined;
  /** By how much that may be wrong. */
  readonly errorMs: number | undefined;
}

/** `billing.list_node_clocks`: a row for each other node. @throws DatabaseError */
export async function listNodeClocks(database: Caller): Promise<NodeClock[]> {
  const rows = await database.query<{
    peer_node_id: number;
    skew_ms: number | null;
    error_ms: number | null;
  }>('list_node_clocks', 'select * from billing.list_node_clocks()');
  return rows.map((row) => ({
    nodeId: row.peer_node_id,
    skewMs: row.skew_ms ?? undefined,
    errorMs: row.error_ms ?? undefined,
  }));
}

/** What this node keeps for a peer that replicates from it; undefined: there is no slot. */
export interface ReplicationSlot {
  readonly nodeId: number;
  readonly isActive: boolean | undefined;
  readonly isLost: boolean | undefined;
  readonly unconfirmedBytes: number | undefined;
  readonly walBytes: number | undefined;
  /** Undefined: without a bound. */
  readonly walBytesMax: number | undefined;
}

/** `billing.list_replication_slots`: a row for each other node. @throws DatabaseError */
export async function listReplicationSlots(database: Caller): Promise<ReplicationSlot[]> {
  const rows = await database.query<{
    peer_node_id: number;
    is_active: boolean | null;
    is_lost: boolean | null;
    unconfirmed_bytes: bigint | null;
    wal_bytes: bigint | null;
    wal_bytes_max: bigint | null;
  }>('list_replication_slots', 'select * from billing.list_replication_slots()');
  return rows.map((row) => ({
    nodeId: row.peer_node_id,
    isActive: row.is_active ?? undefined,
    isLost: row.is_lost ?? undefined,
    unconfirmedBytes: toNumber(row.unconfirmed_bytes),
    walBytes: toNumber(row.wal_bytes),
    walBytesMax: toNumber(row.wal_bytes_max),
  }));
}

function toNumber(value: bigint | null): number | undefined {
  return value === null ? undefined : Number(value);
}
