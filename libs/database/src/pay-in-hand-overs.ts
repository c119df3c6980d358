import type { Caller } from './database.js';

export interface PayInHandOver {
  /** See the header of billing.hand_over_pay_ins. */
  readonly status: 'answered' | 'unreachable' | 'unknown' | 'failed';
  /** Credited at their home, now or before. */
  readonly forwarded: number;
  /** Dead letters here. */
  readonly dead: number;
  /** Their account is not known at their home yet. */
  readonly waiting: number;
  /** SQLSTATE of what the home raised. */
  readonly code: string | undefined;
}

/**
 * `billing.hand_over_pay_ins`: parked pay-ins whose home is another node, handed to it. May be repeated.
 * @param ageLimitMs an account that the home does not know after this long is not coming
 * @throws DatabaseError of this node
 */
export async function handOverPayIns(
  session: Caller,
  homeNodeId: number,
  limit: number,
  ageLimitMs: number,
  timeoutMs: number,
): Promise<PayInHandOver> {
  const [row] = await session.query<{
    status: PayInHandOver['status'];
    forwarded: number;
    dead: number;
    waiting: number;
    code: string | null;
  }>(
    'hand_over_pay_ins',
    "select * from billing.hand_over_pay_ins($1, $2, $3 * interval '1 ms', $4)",
    [homeNodeId, limit, ageLimitMs, timeoutMs],
  );
  if (row === undefined) throw new TypeError('billing.hand_over_pay_ins returned no row');
  const { status, forwarded, dead, waiting, code } = row;
  return { status, forwarded, dead, waiting, code: code ?? undefined };
}
