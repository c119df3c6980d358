import type { Caller } from './database.js';

export interface Unpacking {
  /** Batches, each with all its entries; 0: nothing was there, or somebody else is at it. */
  readonly unpacked: number;
  /** How long ago the oldest that is still packed arrived; undefined: none is. */
  readonly oldestAgeMs: number | undefined;
}

/** `billing.unpack_batches`: about `entriesMax` entries of other nodes become rows of the log. @throws DatabaseError */
export async function unpackBatches(database: Caller, entriesMax: number): Promise<Unpacking> {
  const [row] = await database.query<{ unpacked: number; oldest_age_ms: number | null }>(
    'unpack_batches',
    'select * from billing.unpack_batches($1)',
    [entriesMax],
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return { unpacked: row.unpacked, oldestAgeMs: row.oldest_age_ms ?? undefined };
}

/** `billing.forget_batches`: own batches that are on their way. @returns how many went. @throws DatabaseError */
export async function forgetBatches(database: Caller, limit: number): Promise<number> {
  const [row] = await database.query<{ forgotten: number }>(
    'forget_batches',
    'select billing.forget_batches($1) as forgotten',
    [limit],
  );
  return row?.forgotten ?? 0;
}
