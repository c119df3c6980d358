import type { Caller } from './database.js';

/**
 * `billing.add_missing_balance_rows`: balance rows of accounts that arrived by replication.
 * @returns how many accounts were taken care of; below the limit: all. @throws DatabaseError
 */
export async function addMissingBalanceRows(database: Caller, limit: number): Promise<number> {
  const [row] = await database.query<{ taken: number }>(
    'add_missing_balance_rows',
    'select billing.add_missing_balance_rows($1) as taken',
    [limit],
  );
  return row?.taken ?? 0;
}

/**
 * `billing.sweep_missing_balance_rows`: looks at each of the next accounts after an id.
 * @returns where to go on; `lastId` undefined after the last account. @throws DatabaseError
 */
export async function sweepMissingBalanceRows(
  database: Caller,
  afterId: bigint,
  limit: number,
): Promise<{ lastId: bigint | undefined; added: number }> {
  const [row] = await database.query<{ last_id: bigint | null; added: number }>(
    'sweep_missing_balance_rows',
    'select * from billing.sweep_missing_balance_rows($1, $2)',
    [afterId, limit],
  );
  return { lastId: row?.last_id ?? undefined, added: row?.added ?? 0 };
}
