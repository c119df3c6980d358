import type { Database } from './database.js';
import type { DoubtStage } from './metric-reads.js';

export interface DrainInDoubt {
  readonly stage: DoubtStage;
  /** Undefined: of a reservation that is older than its column. */
  readonly payOutId: string | undefined;
  readonly attemptId: string;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  /** Undefined: the account has not come here. */
  readonly currency: string | undefined;
  /** Its deadline; of what nodes have not heard, when the attempt began. */
  readonly since: Date;
  /** Who is waited for. */
  readonly nodeIds: readonly number[];
}

interface DrainRow extends Record<string, unknown> {
  readonly stage: DoubtStage;
  readonly pay_out_id: string | null;
  readonly attempt_id: string;
  readonly account_id: bigint;
  readonly amount_minor: bigint;
  readonly currency: string | null;
  readonly since: Date;
  readonly node_ids: number[];
}

/** `billing.find_drains_in_doubt`: what `listDrainsInDoubt` counts, the longest first. @throws DatabaseError */
export async function findDrainsInDoubt(
  database: Database,
  limit: number,
): Promise<DrainInDoubt[]> {
  const rows = await database.query<DrainRow>(
    'find_drains_in_doubt',
    'select * from billing.find_drains_in_doubt($1)',
    [limit],
  );
  return rows.map((row) => ({
    stage: row.stage,
    payOutId: row.pay_out_id ?? undefined,
    attemptId: row.attempt_id,
    accountId: row.account_id,
    amountMinor: row.amount_minor,
    currency: row.currency ?? undefined,
    since: row.since,
    nodeIds: row.node_ids,
  }));
}
