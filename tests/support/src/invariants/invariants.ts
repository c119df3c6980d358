import { eventually } from '../eventually.js';
import type { Ledger } from '../ledger.js';
import { checkEntries, checkNotNegative, checkReserved } from './balance-checker.js';
import { checkNothingInDoubt } from './doubt-checker.js';
import type { Checker } from './checker.js';
import { checkHeld, checkHolds } from './holds-checker.js';
import { checkMoney, checkPayOuts, checkRefunds } from './money-checker.js';
import { checkReplicas } from './replica-checker.js';

/** What holds at any moment at which nobody is in the middle of an operation. */
export const invariants = {
  'money is exact per account': checkMoney,
  'money is exact per pay-out': checkPayOuts,
  'refunds are exact per pay-out': checkRefunds,
  'a balance is the sum of its entries': checkEntries,
  'reserved_minor is the sum of the open reservations': checkReserved,
  'held_minor is the sum of what parts of holds hold': checkHeld,
  'a part of a hold is held, captured or given back': checkHolds,
  'no balance is below zero': checkNotNegative,
} as const satisfies Record<string, Checker>;

/** What comes true within seconds of the last failure being mended. */
export const settledInvariants = {
  'nothing is in doubt': checkNothingInDoubt,
  'replicas equal their source': checkReplicas,
} as const satisfies Record<string, Checker>;

const VIOLATIONS_TOLD_MAX = 10;

/** What is wrong by these checkers, a line each with the name of what should have held. */
export async function violationsOf(
  ledgers: readonly Ledger[],
  checkers: Readonly<Record<string, Checker>> = { ...invariants, ...settledInvariants },
): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(checkers).map(async ([name, check]) =>
      (await check(ledgers))
        .slice(0, VIOLATIONS_TOLD_MAX)
        .map((violation) => `not "${name}": ${violation}`),
    ),
  );
  return found.flat();
}

/** Waits until all of it holds. @throws with what does not */
export async function untilClean(ledgers: readonly Ledger[], withinMs = 10_000): Promise<void> {
  await eventually(
    () => violationsOf(ledgers),
    (violations) => violations.length === 0,
    withinMs,
  );
}
