import type { Caller } from './database.js';
import { toRecord, type PayOutJson, type PayOutRecord, type PayOutRow } from './pay-outs.js';

export interface Undoing {
  /** Pay-outs that were given back. */
  readonly undone: number;
  /** That cannot be now. */
  readonly leftOver: number;
}

/** `billing.undo_duplicates`: pay-outs of this node that another one stands for. @throws DatabaseError */
export async function undoDuplicates(database: Caller, limit: number): Promise<Undoing> {
  const [row] = await database.query<{ undone: number; left_over: number }>(
    'undo_duplicates',
    'select * from billing.undo_duplicates($1)',
    [limit],
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return { undone: row.undone, leftOver: row.left_over };
}

/** Pay-outs that were made twice under one key, as this node knows. */
export interface DuplicateCount {
  /** Of this node, given back. */
  readonly undone: bigint;
  /** Of this node, to be given back. */
  readonly open: bigint;
  /** Found here: two requests under one key, which nobody gives back. */
  readonly different: bigint;
}

/** `billing.count_duplicates`. @throws DatabaseError */
export async function countDuplicates(database: Caller): Promise<DuplicateCount> {
  const [row] = await database.query<{ undone: bigint; open: bigint; different: bigint }>(
    'count_duplicates',
    'select * from billing.count_duplicates()',
  );
  if (row === undefined) throw new TypeError('select returned no row');
  return { undone: row.undone, open: row.open, different: row.different };
}

export type ArrivedPayOut =
  | { readonly status: 'replayed'; readonly payOut: PayOutRecord }
  | { readonly status: 'idempotency_conflict' };

/**
 * `billing.find_arrived_pay_out`: what a home that is silent has told of a key before; undefined: nothing.
 * @throws DatabaseError
 */
export async function findArrivedPayOut(
  database: Caller,
  homeNodeId: number,
  request: Omit<PayOutRow, 'mayDrain' | 'deadlineMs'>,
): Promise<ArrivedPayOut | undefined> {
  const { fingerprint, earlierFingerprints = [], currency } = request;
  const [row] = await database.query<{
    status: ArrivedPayOut['status'] | null;
    known: PayOutJson | null;
  }>(
    'find_arrived_pay_out',
    'select * from billing.find_arrived_pay_out($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    [
      homeNodeId,
      request.tenant,
      request.clientId,
      request.idempotencyKey,
      [fingerprint, ...earlierFingerprints],
      request.accountId,
      request.amountMinor,
      currency,
      request.reference ?? null,
      request.metadata ?? null,
    ],
  );
  if (row === undefined || row.status === null) return undefined;
  return row.status === 'replayed'
    ? { status: row.status, payOut: toRecord(row.known!, currency) }
    : { status: row.status };
}
