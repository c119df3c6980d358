import type { Caller } from './database.js';

export interface ClawbackRound {
  /** Pay-ins that are taken back whole by now, of those that were tried. */
  readonly taken: number;
  /** Of those, the others. */
  readonly open: number;
  /** Some were not tried. */
  readonly hasMore: boolean;
}

/**
 * `billing.take_clawbacks`: takes back pay-ins of this node that another one had credited before, as far as there is money.
 * @throws DatabaseError
 */
export async function takeClawbacks(database: Caller, limit: number): Promise<ClawbackRound> {
  const [row] = await database.query<{ taken: number; open: number; has_more: boolean }>(
    'take_clawbacks',
    'select * from billing.take_clawbacks($1)',
    [limit],
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return { taken: row.taken, open: row.open, hasMore: row.has_more };
}

/** Pay-ins of this node that another one had credited before under the same command id. */
export interface ClawbackCount {
  /** Taken back. */
  readonly taken: bigint;
  /** To be taken back. */
  readonly open: bigint;
  /** Of deleted accounts, which no money comes to. */
  readonly deleted: bigint;
  /** Found here: two pay-ins under one command id, which nobody takes back. */
  readonly different: bigint;
}

/** `billing.count_clawbacks`. @throws DatabaseError */
export async function countClawbacks(database: Caller): Promise<ClawbackCount> {
  const [row] = await database.query<ClawbackCount & Record<string, bigint>>(
    'count_clawbacks',
    'select * from billing.count_clawbacks()',
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return row;
}
