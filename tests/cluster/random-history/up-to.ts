import type { Rule } from './judge.js';
import type { AccountRecord, Payment, TryRecord } from './record.js';

// Of pay-outs that take what there is.

const sum = (rows: Iterable<{ readonly amount: bigint }>): bigint => {
  let total = 0n;
  for (const { amount } of rows) total += amount;
  return total;
};

/** What has to be there for it not to be refused. */
export const leastOf = ({ amount, minimum }: TryRecord): bigint => minimum ?? amount;

/**
 * Paid is no more than was asked for and no less than the minimum; who wants no minimum is never short of anything; and what
 * is told as all that there was, by all nodes, was so at some moment between question and answer.
 */
export const upToHolds: Rule = (record, payments) =>
  record.tries.flatMap((one) => {
    const { key, amount, minimum, answer, localOnly } = one;
    if (minimum === undefined) return [];
    const say = (what: string): string[] => [`${key} of ${minimum} to ${amount} ${what}`];
    if (answer.kind === 'refused') {
      const isShort = answer.reason.startsWith('INSUFFICIENT');
      return isShort && minimum === 0n ? say(`was refused as ${answer.reason}`) : [];
    }
    if (answer.upTo === undefined) return say('was answered as a plain one');
    const { paid, exhausted, unreachable } = answer.upTo;
    if (paid > amount || paid < minimum) return say(`was paid ${paid}`);
    if (paid === amount) return exhausted ? say('got all, and is told as exhausted') : [];
    if (localOnly && !exhausted) return say(`got ${paid} of one part, which is told to have more`);
    const payment = payments.find(({ payOutId }) => payOutId === answer.payOutId)!;
    if (!exhausted || localOnly || unreachable > 0) return [];
    const left = surelyLeft(record, payments, payment, one);
    return left > paid
      ? say(`was told that there is no more than ${paid}, and ${left} was there`)
      : [];
  });

/** At each moment from the first question to this answer. */
function surelyLeft(
  { payIns, refunds }: AccountRecord,
  payments: readonly Payment[],
  own: Payment,
  { answeredAt: until }: TryRecord,
): bigint {
  const { earliest: from } = own;
  const surelyIn = payIns.filter(({ knownAt }) => knownAt < from);
  const surelyBack = refunds.filter(
    ({ answer, answeredAt }) => answer.kind === 'refunded' && answeredAt < from,
  );
  const maybeGone = payments.filter((other) => other !== own && other.earliest < until);
  return sum(surelyIn) + sum(surelyBack) - sum(maybeGone);
}
