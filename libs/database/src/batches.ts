import type { Caller } from './database.js';

export interface Unpacking {
  /** Batches, each with all its entries; 0: nothing was there, or somebody else is at it. */
  readonly unpacked: number;
  /** How long ago the oldest that is still packed arrived; undefined: none is. */
  readonly oldestAgeMs: number | undefined;
}

/**
 * `billing.unpack_batches`: about `entriesMax` entries of other nodes become rows of the log.
 * @param keysKeptMs how long keys are remembered
 * @throws DatabaseError
 */
export async function unpackBatches(
  database: Caller,
  entriesMax: number,
  keysKeptMs: number,
): Promise<Unpacking> {
  const [row] = await database.query<{ unpacked: number; oldest_age_ms: number | null }>(
    'unpack_batches',
    "select * from billing.unpack_batches($1, $2 * interval '1 ms')",
    [entriesMax, keysKeptMs],
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return { unpacked: row.unpacked, oldestAgeMs: row.oldest_age_ms ?? undefined };
}

export interface Sealing {
  /** Batches, all with their entries in one seal. */
  readonly sealed: number;
  /** Of what was there when it began, something may be left. */
  readonly hasMore: boolean;
}

/**
 * `billing.seal_batches`: own batches, about `entriesMax` entries of them, are sealed and forgotten.
 * @param keysKeptMs how long keys are remembered
 * @throws DatabaseError
 */
export async function sealBatches(
  database: Caller,
  entriesMax: number,
  keysKeptMs: number,
): Promise<Sealing> {
  const [row] = await database.query<{ sealed: number; has_more: boolean }>(
    'seal_batches',
    "select * from billing.seal_batches($1, $2 * interval '1 ms')",
    [entriesMax, keysKeptMs],
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return { sealed: row.sealed, hasMore: row.has_more };
}
