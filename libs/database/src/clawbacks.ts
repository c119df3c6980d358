import type { Caller } from './database.js';

export interface Settlement {
  /** Pay-ins that were taken back whole. */
  readonly settled: number;
  /** That were tried, and are not yet. */
  readonly open: number;
}

/**
 * `billing.settle_clawbacks`: takes back pay-ins of this node that another one had credited before, as far as there is money.
 * @throws DatabaseError
 */
export async function settleClawbacks(database: Caller, limit: number): Promise<Settlement> {
  const [row] = await database.query<{ settled: number; open: number }>(
    'settle_clawbacks',
    'select * from billing.settle_clawbacks($1)',
    [limit],
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return { settled: row.settled, open: row.open };
}

/** Pay-ins of this node that another one had credited before under the same command id. */
export interface ClawbackCount {
  /** Taken back. */
  readonly settled: bigint;
  /** To be taken back. */
  readonly open: bigint;
  /** Found here: two pay-ins under one command id, which nobody takes back. */
  readonly different: bigint;
}

/** `billing.count_clawbacks`. @throws DatabaseError */
export async function countClawbacks(database: Caller): Promise<ClawbackCount> {
  const [row] = await database.query<{ settled: bigint; open: bigint; different: bigint }>(
    'count_clawbacks',
    'select * from billing.count_clawbacks()',
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return { settled: row.settled, open: row.open, different: row.different };
}
