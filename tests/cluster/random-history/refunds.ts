import { setTimeout as sleep } from 'node:timers/promises';
import type { Refunded } from '@billing/contracts';
import { eventually, type Ledger } from '@billing/testing';
import { refusalOf, type CoordinatorClient } from '../coordinator/coordinator-client.js';
import type { Rule } from './judge.js';
import { toDecimal } from './minor.js';
import type { AccountRecord, RefundAnswer, RefundRecord } from './record.js';
import { silentCodes } from './silent-codes.js';

// Refunds of a history: asked of any node until they are decided, and what the nodes say at the end that they made.

const againDelayMs = 30;

/** @returns undefined: not decided by then */
export async function askRefund(
  clients: readonly CoordinatorClient[],
  { payOutId, key, amount }: Pick<RefundRecord, 'payOutId' | 'key' | 'amount'>,
  withinMs: number,
): Promise<RefundAnswer | undefined> {
  const end = performance.now() + withinMs;
  const order = { payOutId, amount: toDecimal(amount), currency: 'USD', idempotencyKey: key };
  do {
    const client = clients[Math.floor(Math.random() * clients.length)]!;
    const asked: Promise<Refunded> = client.refundPayOut(order);
    try {
      const { refund, replayed } = await asked;
      return { kind: 'refunded', refundId: refund.refundId, payOutId: refund.payOutId, replayed };
    } catch {
      const { code, reason = code } = await refusalOf(asked);
      if (!silentCodes.includes(code)) return { kind: 'refused', reason };
    }
    await sleep(againDelayMs);
  } while (performance.now() < end);
  return undefined;
}

/** Until what was refunded of pay-outs that were given back has moved to those that stand. */
export async function untilMoved(ledgers: readonly Ledger[]): Promise<void> {
  await eventually(
    () =>
      Promise.all(
        ledgers.map((ledger) =>
          ledger.value<bigint>(
            'select count(*) from billing.moved_refunds where moved_minor is null',
          ),
        ),
      ),
    (open) => open.every((count) => count === 0n),
    60_000,
  );
}

/** What each node has refunded, into the records. */
export async function readRefunds(
  ledgers: readonly Ledger[],
  records: readonly AccountRecord[],
): Promise<void> {
  const byId = new Map(records.map((record) => [record.accountId, record]));
  for (const [index, ledger] of ledgers.entries()) {
    const rows = await ledger.rows<{
      id: string;
      account: string;
      pay_out: string;
      key: string | null;
      amount: bigint;
    }>(
      `/* refunds */ select r.id::text, p.account_id::text as account, p.id::text as pay_out, r.idempotency_key as key,
              r.amount_minor as amount
         from billing.refunds r join billing.pay_outs p on p.id = r.pay_out_id`,
    );
    for (const { id, account, pay_out: payOutId, key, amount } of rows) {
      const made = { refundId: id, node: index + 1, payOutId, key: key ?? undefined, amount };
      byId.get(account)?.made.push(made);
    }
  }
}

const sumOf = (rows: readonly { readonly amount: bigint }[]): bigint =>
  rows.reduce((sum, { amount }) => sum + amount, 0n);

/**
 * A key refunds once, what it was asked for; what was told is so; no pay-out is refunded beyond its amount; and of a key that
 * paid more than once the one that stands is refunded what was asked of any, as far as it goes.
 */
export const refundsHold: Rule = ({ refunds, made, undone }, payments) => {
  const violations: string[] = [];
  for (const refund of refunds) {
    const { key, amount, answer } = refund;
    const rows = made.filter((one) => one.key === key);
    if (rows.length > 1) violations.push(`${key} was refunded ${rows.length} times`);
    if (rows.some((row) => row.amount !== amount)) violations.push(`${key} is not of ${amount}`);
    const isSo = answer.kind === 'refused' || rows[0]?.refundId === answer.refundId;
    if (!isSo) violations.push(`${key} was told as refunded, and is not`);
  }
  const unasked = made.filter(
    ({ key }) => key !== undefined && !refunds.some((one) => one.key === key),
  );
  violations.push(...unasked.map(({ key }) => `nobody asked for ${key}`));
  for (const { key, amount, payOutId } of payments) {
    const own = sumOf(made.filter((one) => one.payOutId === payOutId));
    if (own > amount) violations.push(`${own} of ${amount} was refunded of ${payOutId}`);
    if (undone.some((one) => one.payOutId === payOutId)) continue;
    const ids = payments.filter((one) => one.key === key).map((one) => one.payOutId);
    const asked = sumOf(made.filter((one) => one.key !== undefined && ids.includes(one.payOutId)));
    const due = asked < amount ? asked : amount;
    if (own !== due) violations.push(`${own} was refunded of ${payOutId}, should be ${due}`);
  }
  return [...violations, ...exceededFalsely(refunds, made, payments)];
};

/** Refused, though whatever may have been refunded by then left enough. */
const exceededFalsely = (
  refunds: readonly RefundRecord[],
  made: Parameters<Rule>[0]['made'],
  payments: Parameters<Rule>[1],
): string[] =>
  refunds.flatMap((one) => {
    const { answer, payOutId, amount, key, answeredAt } = one;
    if (answer.kind !== 'refused' || answer.reason !== 'REFUND_EXCEEDED') return [];
    const payment = payments.find((payed) => payed.payOutId === payOutId);
    const ids = payments.filter((p) => p.key === payment?.key).map((p) => p.payOutId);
    const maybe = made.filter(
      (row) =>
        ids.includes(row.payOutId) &&
        (row.key === undefined ||
          refunds.some((other) => other.key === row.key && other.sentAt < answeredAt)),
    );
    const left = (payment?.amount ?? 0n) - sumOf(maybe);
    return left >= amount ? [`${key} of ${amount} was refused while ${left} was left`] : [];
  });
