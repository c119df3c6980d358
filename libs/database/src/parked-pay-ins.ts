import type { Database } from './database.js';

export interface ParkedRetry {
  readonly applied: number;
  readonly dead: number;
  /** Rows still parked. */
  readonly waiting: number;
}

/**
 * `billing.retry_parked_pay_ins`: applies parked pay-ins whose account has arrived, buries those older
 * than the limit. Repeatable. @throws DatabaseError
 */
export async function retryParkedPayIns(
  database: Database,
  bounds: { limit: number; ageLimitMs: number },
): Promise<ParkedRetry> {
  const [row] = await database.query<{ applied: number; dead: number; waiting: number }>(
    'retry_parked_pay_ins',
    "select * from billing.retry_parked_pay_ins($1, $2 * interval '1 millisecond')",
    [bounds.limit, bounds.ageLimitMs],
  );
  if (row === undefined) throw new TypeError('billing.retry_parked_pay_ins returned no row');
  return row;
}
