import type { Database, Row } from './database.js';

export type HaltReason = 'log_truncated' | 'log_shorter' | 'unknown_below' | 'unreadable';

export interface PartitionClaim {
  readonly epoch: bigint;
  readonly nextOffset: bigint;
  /** Messages from here to nextOffset must have an outcome in this database. */
  readonly acceptedOffset: bigint;
  /** Not undefined: consume nothing until an operator has spoken. */
  readonly haltReason: HaltReason | undefined;
  readonly haltDetail: string | undefined;
}

/** `billing.claim_partition`: fences earlier holders and says where to go on. @throws DatabaseError */
export async function claimPartition(
  database: Database,
  claim: {
    topic: string;
    partition: number;
    workerId: string;
    logStart: bigint;
    highWatermark: bigint;
  },
): Promise<PartitionClaim> {
  const [row] = await database.query<{
    epoch: bigint;
    next_offset: bigint;
    accepted_offset: bigint;
    halt_reason: HaltReason | null;
    halt_detail: string | null;
  }>('claim_partition', 'select * from billing.claim_partition($1, $2, $3, $4, $5)', [
    claim.topic,
    claim.partition,
    claim.workerId,
    claim.logStart,
    claim.highWatermark,
  ]);
  if (row === undefined) throw new TypeError('billing.claim_partition returned no row');
  return {
    epoch: row.epoch,
    nextOffset: row.next_offset,
    acceptedOffset: row.accepted_offset,
    haltReason: row.halt_reason ?? undefined,
    haltDetail: row.halt_detail ?? undefined,
  };
}

export interface UnreadableOutcome {
  /** See the header of billing.halt_unreadable. */
  readonly status: 'halted' | 'seen' | 'gap' | 'fenced';
  readonly nextOffset: bigint;
  readonly detail: string | undefined;
}

/** `billing.halt_unreadable`: a stretch of the log waits for an operator to give it up. @throws DatabaseError */
export async function haltUnreadable(
  database: Database,
  stretch: {
    topic: string;
    partition: number;
    epoch: bigint;
    firstOffset: bigint;
    nextOffset: bigint;
    failure: string;
  },
): Promise<UnreadableOutcome> {
  const [row] = await database.query<{
    status: UnreadableOutcome['status'];
    next_offset: bigint;
    detail: string | null;
  }>('halt_unreadable', 'select * from billing.halt_unreadable($1, $2, $3, $4, $5, $6)', [
    stretch.topic,
    stretch.partition,
    stretch.epoch,
    stretch.firstOffset,
    stretch.nextOffset,
    stretch.failure,
  ]);
  if (row === undefined) throw new TypeError('billing.halt_unreadable returned no row');
  return { status: row.status, nextOffset: row.next_offset, detail: row.detail ?? undefined };
}

export interface ConsumerOffset {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: bigint;
  /** Raised by each claim, and by an operator's word. */
  readonly epoch: bigint;
  readonly workerId: string | undefined;
  readonly haltReason: HaltReason | undefined;
  readonly haltDetail: string | undefined;
}

interface ConsumerOffsetRow extends Row {
  topic: string;
  partition_id: number;
  next_offset: bigint;
  epoch: bigint;
  worker_id: string | null;
  halt_reason: HaltReason | null;
  halt_detail: string | null;
}

/** `billing.list_consumer_offsets`: where each partition stands. @throws DatabaseError */
export async function listConsumerOffsets(
  database: Database,
  topic?: string,
): Promise<ConsumerOffset[]> {
  const rows = await database.query<ConsumerOffsetRow>(
    'list_consumer_offsets',
    'select * from billing.list_consumer_offsets($1)',
    [topic ?? null],
  );
  return rows.map(toConsumerOffset);
}

/**
 * `billing.accept_offset`: an operator's word on where a partition goes on.
 * @throws DatabaseError GB010 when the partition is not known here
 */
export async function acceptOffset(
  database: Database,
  acceptance: { topic: string; partition: number; offset: bigint; acceptedBy: string },
): Promise<ConsumerOffset> {
  const [row] = await database.query<ConsumerOffsetRow>(
    'accept_offset',
    'select * from billing.accept_offset($1, $2, $3, $4)',
    [acceptance.topic, acceptance.partition, acceptance.offset, acceptance.acceptedBy],
  );
  if (row === undefined) throw new TypeError('billing.accept_offset returned no row');
  return toConsumerOffset(row);
}

function toConsumerOffset(row: ConsumerOffsetRow): ConsumerOffset {
  return {
    topic: row.topic,
    partition: row.partition_id,
    nextOffset: row.next_offset,
    epoch: row.epoch,
    workerId: row.worker_id ?? undefined,
    haltReason: row.halt_reason ?? undefined,
    haltDetail: row.halt_detail ?? undefined,
  };
}
