import type { Caller } from './database.js';

/** Whether a transaction that begins now may write: not at a replica. @throws DatabaseError */
export async function takesWrites(database: Caller): Promise<boolean> {
  const [row] = await database.query<{ takes_writes: boolean }>(
    'takes_writes',
    "select current_setting('transaction_read_only') = 'off' as takes_writes",
  );
  return row?.takes_writes === true;
}
