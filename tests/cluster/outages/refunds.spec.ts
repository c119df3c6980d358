import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Refunded, RefundPayOutRequest } from '@billing/contracts';
import { eventually } from '@billing/testing';
import { aPosition, refusalOf } from '../coordinator/coordinator-client.js';
import { newRequest, nodeOf, RepeatedKeysSite, type PayOut } from './repeated-keys-site.js';
import { requestOf } from '../pay-outs/pay-out.request.js';

// docs/refunds.md, on three nodes whose links can fail.
jest.setTimeout(90_000);

let site: RepeatedKeysSite;

beforeAll(async () => {
  site = await RepeatedKeysSite.start({ COORDINATOR_PEER_TIMEOUT_MS: '1500' });
}, 120_000);

afterEach(() => site.untilCalm());

afterAll(() => site?.destroy(), 60_000);

const parts = { 1: 2_000n, 2: 2_000n, 3: 2_000n };

async function payAt(nodeId: number, amount: string): Promise<PayOut> {
  const accountId = await site.base.account(parts);
  return site.payAt(nodeId, requestOf(accountId.toString(), amount));
}

type Order = Partial<RefundPayOutRequest>;

const orderOf = ({ payOutId }: PayOut, amount: string, more: Order = {}): Order => ({
  payOutId,
  amount,
  currency: 'USD',
  idempotencyKey: randomUUID(),
  ...more,
});

const refund = (nodeId: number, order: Order): Promise<Refunded> =>
  site.client(nodeId).refundPayOut(order);

const reasonOf = async (refunding: Promise<unknown>): Promise<string | undefined> =>
  (await refusalOf(refunding)).reason;

const own = (nodeId: number, { accountId }: PayOut): Promise<bigint> =>
  site.base.ownParts(BigInt(accountId)).then((owned) => owned[nodeId]!);

test('gives back in parts, at most what was paid, to the part of the node that keeps the pay-out', async () => {
  // 15.00 of it from elsewhere.
  const payOut = await payAt(1, '35.00');
  const notes = { reference: 'two of five', metadataJson: '{"n":9007199254740993}' };
  const first = orderOf(payOut, '20', notes);
  const made = await refund(1, first);
  expect(made).toEqual({
    refund: {
      refundId: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-8001-/),
      payOutId: payOut.payOutId,
      holdId: '',
      captureId: '',
      accountId: payOut.accountId,
      amount: '20.00',
      currency: 'USD',
      refunded: '20.00',
      remaining: '15.00',
      ...notes,
      createdAt: expect.any(String),
    },
    replayed: false,
    position: aPosition,
  });
  expect(await refusalOf(refund(1, orderOf(payOut, '15.01')))).toMatchObject({
    code: 'FAILED_PRECONDITION',
    reason: 'REFUND_EXCEEDED',
    metadata: { pay_out_id: payOut.payOutId, remaining: '15.00' },
  });
  const rest = await refund(1, orderOf(payOut, '15.00'));
  expect(rest.refund).toMatchObject({ refunded: '35.00', remaining: '0.00' });
  expect(await refund(1, { ...first, amount: '20.00' })).toEqual({
    refund: { ...made.refund, refunded: '35.00', remaining: '0.00' },
    replayed: true,
    position: aPosition,
  });
  expect(await own(1, payOut)).toBe(3_500n);
  for (const nodeId of site.nodeIds) {
    const { payOut: shown } = await site.client(nodeId).getPayOut(payOut.payOutId);
    expect(shown).toMatchObject({
      refunded: '35.00',
      refunds: [
        { refundId: made.refund.refundId, amount: '20.00', reference: 'two of five' },
        { refundId: rest.refund.refundId, amount: '15.00', reference: '' },
      ],
    });
  }
  // What came back can be paid out, as any income.
  expect((await site.hear(2, requestOf(payOut.accountId, '60.00'))).word).toBe('paid');
});

test('asked at every datacenter at once under one key, makes one', async () => {
  const payOut = await payAt(2, '12.00');
  const order = orderOf(payOut, '5.00', { idempotencyKey: `${randomUUID()}@dc2` });
  const heard = await Promise.all([1, 2, 3, 1, 2, 3].map((nodeId) => refund(nodeId, order)));
  expect(heard.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(heard.map(({ refund: one }) => one.refundId)).size).toBe(1);
  expect(await own(2, payOut)).toBe(1_300n);
  // Of as many as want more than there is, none goes beyond it.
  const many = await Promise.allSettled(
    [1, 2, 3, 1, 2, 3].map((nodeId) => refund(nodeId, orderOf(payOut, '2.00'))),
  );
  expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(await own(2, payOut)).toBe(1_900n);
});

test('is refused for what it is, and uses up no key', async () => {
  const payOut = await payAt(3, '12.00');
  const key = randomUUID();
  const ask = (order: Order, nodeId = 1): Promise<string | undefined> =>
    reasonOf(refund(nodeId, { ...orderOf(payOut, '1.00', { idempotencyKey: key }), ...order }));
  expect(await ask({ payOutId: randomUUID() })).toBe('PAY_OUT_NOT_FOUND');
  expect(await ask({ payOutId: payOut.payOutId.replace(/-80../, '-803f') })).toBe(
    'PAY_OUT_NOT_FOUND',
  );
  expect(await ask({ currency: 'EUR' })).toBe('CURRENCY_MISMATCH');
  expect(await ask({ amount: '12.01' })).toBe('REFUND_EXCEEDED');
  expect(await ask({ homeNodeId: 1 })).toBe('INVALID_REQUEST');
  expect(await ask({ idempotencyKey: `${randomUUID()}@dc2` })).toBe('INVALID_REQUEST');
  expect(await ask({ amount: '0.00' })).toBe('INVALID_REQUEST');
  expect((await refund(2, orderOf(payOut, '2.00', { idempotencyKey: key }))).replayed).toBe(false);
  expect(await ask({})).toBe('IDEMPOTENCY_CONFLICT');
  // Its key is no pay-out's any more at that node, nor the other way round.
  const other = requestOf(payOut.accountId, '1.00', { idempotencyKey: key });
  expect((await site.hear(3, other)).word).toBe('IDEMPOTENCY_CONFLICT');
  const paid = requestOf(payOut.accountId, '1.00');
  await site.payAt(3, paid);
  expect(await ask({ idempotencyKey: paid.idempotencyKey! })).toBe('IDEMPOTENCY_CONFLICT');
});

test('an account that was deleted gets nothing back', async () => {
  const payOut = await payAt(1, '10.00');
  await site.client(1).deleteAccount(payOut.accountId, 'spec');
  expect(await reasonOf(refund(1, orderOf(payOut, '1.00')))).toBe('ACCOUNT_DELETED');
});

test('while the datacenter that keeps the pay-out is silent, nobody else gives back', async () => {
  const payOut = await payAt(2, '10.00');
  const order = orderOf(payOut, '4.00');
  await site.base.links.link(1, 2).cut();
  const silent = await refusalOf(refund(1, order));
  expect(silent).toMatchObject({
    code: 'UNAVAILABLE',
    metadata: { node_id: '2', home: 'dc2', retryable: 'true' },
  });
  expect(['HOME_UNREACHABLE', 'OUTCOME_UNKNOWN']).toContain(silent.reason);
  expect(await reasonOf(refund(1, order))).toBe('HOME_UNREACHABLE');
  expect(await own(2, payOut)).toBe(1_000n);
  expect((await refund(3, order)).replayed).toBe(false);
  await site.heal();
  const again = await eventually(
    () => refund(1, order).catch(() => undefined),
    (one) => one !== undefined,
  );
  expect(again).toMatchObject({ replayed: true, refund: { refunded: '4.00' } });
});

test('an answer that is lost is told to whoever asks again under the key', async () => {
  const payOut = await payAt(2, '10.00');
  const order = orderOf(payOut, '4.00');
  const link = site.base.links.link(1, 2);
  const trap = link.setTrap({ matching: 'refund_pay_out', failure: 'freeze', at: 'answer' });
  expect(await reasonOf(refund(1, order))).toBe('OUTCOME_UNKNOWN');
  await trap.sprung;
  await site.heal();
  expect(await refund(3, order)).toMatchObject({ replayed: true, refund: { amount: '4.00' } });
  expect(await own(2, payOut)).toBe(1_400n);
});

interface Twice {
  readonly stands: PayOut;
  readonly later: PayOut;
}

/** Paid at node 1 and then at node 2, which do not hear of each other: node 2's is to be given back. */
async function payTwice(): Promise<Twice> {
  const request = newRequest(await site.base.account(parts));
  await site.part(1, 2);
  const stands = await site.payAt(1, request);
  const later = await site.payAt(2, request);
  return { stands, later };
}

async function healed({ later }: Twice): Promise<void> {
  await site.heal();
  await eventually(
    () => site.corrections(BigInt(later.accountId)),
    (rows) => rows.length > 0,
    20_000,
  );
}

const moved = (nodeId: number): Promise<Record<string, unknown>> =>
  site
    .ledger(nodeId)
    .rows<Record<string, unknown>>('select moved, open, short from billing.count_moved_refunds()')
    .then(([row]) => row!);

const sum = ({ accountId }: PayOut): Promise<bigint> => site.sumOf(BigInt(accountId));

describe('of a pay-out that was made twice', () => {
  test('what was refunded before its reversal ends as a refund of the one that stands', async () => {
    const twice = await payTwice();
    const { stands, later } = twice;
    const order = orderOf(later, '3.50', { reference: 'early' });
    const early = await refund(2, order);
    expect(early.refund).toMatchObject({ payOutId: later.payOutId, refunded: '3.50' });
    const before = await moved(2);
    await healed(twice);
    await eventually(
      () => moved(2),
      (row) => row['open'] === 0n && row['moved'] === (before['moved'] as bigint) + 1n,
      20_000,
    );
    // 9.50 was paid once, and 3.50 of it were given back.
    expect(await sum(stands)).toBe(6_000n - 950n + 350n);
    const { payOut: shown } = await site.client(3).getPayOut(stands.payOutId);
    expect(shown).toMatchObject({
      refunded: '3.50',
      refunds: [{ amount: '3.50', reference: 'early' }],
    });
    expect(nodeOf(shown.refunds[0]!.refundId)).toBe(1);
    // Its key tells it as it was made.
    expect(await refund(3, order)).toMatchObject({
      replayed: true,
      refund: { refundId: early.refund.refundId },
    });
    // A new one is of the one that stands, and within what is left of that.
    expect(await refusalOf(refund(2, orderOf(later, '6.01')))).toMatchObject({
      reason: 'REFUND_EXCEEDED',
      metadata: { pay_out_id: stands.payOutId, remaining: '6.00' },
    });
    const late = orderOf(later, '6.00', { idempotencyKey: `${randomUUID()}@dc2` });
    const told = await Promise.all([1, 2, 3].map((nodeId) => refund(nodeId, late)));
    expect(told.filter(({ replayed }) => !replayed)).toHaveLength(1);
    for (const { refund: one } of told) {
      expect(one).toMatchObject({ payOutId: stands.payOutId, refunded: '9.50', remaining: '0.00' });
    }
    expect(await sum(stands)).toBe(6_000n);
  });

  test('a move whose answer is lost is made once', async () => {
    const twice = await payTwice();
    const { stands, later } = twice;
    await refund(2, orderOf(later, '3.50'));
    const before = await moved(2);
    await site.heal();
    // Nothing is compared before subscriptions are back.
    const trap = site.base.links
      .link(2, 1)
      .setTrap({ matching: 'take_moved_refunds', failure: 'freeze', at: 'answer' });
    await trap.sprung;
    await eventually(
      () => site.client(1).getPayOut(stands.payOutId),
      ({ payOut: shown }) => shown.refunded === '3.50',
    );
    expect((await moved(2))['open']).toBe((before['open'] as bigint) + 1n);
    await site.heal();
    await eventually(
      () => moved(2),
      (row) => row['open'] === 0n && row['moved'] === (before['moved'] as bigint) + 1n,
      30_000,
    );
    expect((await site.client(3).getPayOut(stands.payOutId)).payOut.refunded).toBe('3.50');
    expect(await sum(stands)).toBe(6_000n - 950n + 350n);
  });

  test('no more is given back than one of them, whatever both had refunded', async () => {
    const twice = await payTwice();
    const { stands, later } = twice;
    await refund(1, orderOf(stands, '7.00'));
    await refund(2, orderOf(later, '9.50'));
    const before = await moved(2);
    // Nothing is left to give back: no correction.
    await site.heal();
    await eventually(
      () => moved(2),
      (row) => row['open'] === 0n && row['short'] === (before['short'] as bigint) + 1n,
      20_000,
    );
    expect(await sum(stands)).toBe(6_000n);
    expect(await site.corrections(BigInt(later.accountId))).toEqual([]);
  });
});
