import type { Database } from './database.js';

export type HaltReason = 'log_truncated' | 'log_shorter' | 'unknown_below';

export interface PartitionClaim {
  readonly epoch: bigint;
  readonly nextOffset: bigint;
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
    haltReason: row.halt_reason ?? undefined,
    haltDetail: row.halt_detail ?? undefined,
  };
}
