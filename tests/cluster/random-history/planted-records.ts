import {
  emptyRecord,
  never,
  type AccountRecord,
  type KeptRecord,
  type MadeRefund,
  type PayInRecord,
  type PayOutAnswer,
  type RefundRecord,
  type TryRecord,
} from './record.js';

// Of which specs make right histories, and wrong ones.

export const paid = (
  payOutId: string,
  parts: Record<number, bigint>,
  replayed = false,
): PayOutAnswer => ({
  kind: 'paid',
  payOutId,
  replayed,
  parts: new Map(Object.entries(parts).map(([node, amount]) => [Number(node), amount])),
});
export const refused = (reason: string): PayOutAnswer => ({ kind: 'refused', reason });
export const attempt = (
  key: string,
  amount: bigint,
  [sentAt, answeredAt]: [number, number],
  answer: PayOutAnswer,
  more: Partial<TryRecord> = {},
): TryRecord => ({ node: 1, key, amount, localOnly: false, sentAt, answeredAt, answer, ...more });

export function payIn(
  one: Pick<PayInRecord, 'commandId' | 'node' | 'amount' | 'sentAt' | 'knownAt'>,
): PayInRecord {
  return { place: 'stays', nodes: [one.node], ...one };
}

/** Of the key k, at node 2. */
export const undone = (payOutId: string, parts: Record<number, bigint>): KeptRecord => ({
  payOutId,
  node: 2,
  key: 'k',
  amount: 40n,
  parts: new Map(Object.entries(parts).map(([node, amount]) => [Number(node), amount])),
});

/** An account of node 1 with 50 at node 1 and 30 at node 2, both known to be there. */
export function account(
  tries: readonly TryRecord[],
  more: Partial<AccountRecord> = {},
): AccountRecord {
  const record = emptyRecord('65', 1);
  record.payIns.push(payIn({ commandId: 'a', node: 1, amount: 50n, sentAt: 1, knownAt: 3 }));
  record.payIns.push(payIn({ commandId: 'b', node: 2, amount: 30n, sentAt: 2, knownAt: 4 }));
  record.tries.push(...tries);
  return { ...record, ...more };
}

/** Of p at node 1, unless said. */
export const refund = (
  key: string,
  amount: bigint,
  [sentAt, answeredAt]: [number, number],
  reason?: string,
  payOutId = 'p',
): RefundRecord => ({
  key,
  payOutId,
  amount,
  sentAt,
  answeredAt,
  answer:
    reason === undefined
      ? { kind: 'refunded', refundId: `${key}1`, payOutId, replayed: false }
      : { kind: 'refused', reason },
});
export const made = (
  key: string | undefined,
  amount: bigint,
  payOutId = 'p',
  node = 1,
): MadeRefund => ({
  refundId: `${key}${node}`,
  node,
  payOutId,
  key,
  amount,
});
export const pay80 = attempt('k', 80n, [10, 11], paid('p', { 1: 50n, 2: 30n }));
/** Paid at both under k; q was refunded at node 2, and given back. */
export const twice = account(
  [
    attempt('k', 40n, [10, 12], paid('p', { 1: 40n }), { wanders: true }),
    attempt('k', 40n, [11, 13], paid('q', { 2: 30n, 1: 10n }), { node: 2, wanders: true }),
  ],
  {
    undone: [undone('q', { 1: 10n, 2: 30n })],
    refunds: [refund('r', 15n, [14, 15], undefined, 'q')],
  },
);
export const pendingPayIn = payIn({
  commandId: 'c',
  node: 3,
  amount: 7n,
  sentAt: 5,
  knownAt: never,
});
/** Taken by two brokers, and seen credited. */
export const wanderer: PayInRecord = {
  ...pendingPayIn,
  place: 'wanders',
  nodes: [3, 1],
  knownAt: 6,
};
