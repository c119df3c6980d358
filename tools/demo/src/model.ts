import { toHundredths } from './minor-units.js';
import type { Movement } from './movement.js';

/** What the file alone says must come of it. */
export interface Expectation {
  /** Transaction ids of the pay-outs that the account's money before them does not cover. */
  readonly refused: ReadonlySet<string>;
  /** In hundredths, by the bank's number of the account. */
  readonly totals: ReadonlyMap<string, bigint>;
}

/**
 * The bank on one sheet of paper: one sum per account, rows in file order, a pay-out beyond the sum is
 * refused. It knows nothing of datacenters, and shares nothing with the system but the file.
 */
export function expectOutcomes(movements: readonly Movement[]): Expectation {
  const totals = new Map<string, bigint>();
  const refused = new Set<string>();
  for (const { transactionId, account, kind, amount } of movements) {
    const before = totals.get(account) ?? 0n;
    const change = toHundredths(amount);
    const after = kind === 'pay_in' ? before + change : before - change;
    if (after < 0n) refused.add(transactionId);
    totals.set(account, after < 0n ? before : after);
  }
  return { refused, totals };
}
