import { randomUUID } from 'node:crypto';
import type { CapturedHold } from '@billing/contracts';
import { eventually, untilClean } from '@billing/testing';
import { aPosition, refusalOf } from '../coordinator/coordinator-client.js';
import { HoldClient } from '../coordinator/hold-client.js';
import { DrainSite } from '../drains/drain-site.js';

// docs/refunds.md, Of captures: three datacenters whose links can fail; node 1 is the home of every hold.
let site: DrainSite;
let clients: HoldClient[];
let accounts: bigint[];

const each = 5_000n;
const home = 1;
const at = (nodeId: number): HoldClient => clients[nodeId - 1]!;

beforeAll(async () => {
  site = await DrainSite.start({
    members: ['postgres', 'coordinator'],
    appEnvironment: { coordinator: { COORDINATOR_PEER_TIMEOUT_MS: '1500' } },
  });
  const token = await site.cluster.signToken({ sub: 'shop' });
  clients = site.nodeIds.map(
    (nodeId) => new HoldClient(site.cluster.coordinatorConnection(nodeId), token, home),
  );
  accounts = await site.accounts(Array.from({ length: 10 }, () => ({ 1: each, 2: each, 3: each })));
}, 120_000);

afterAll(async () => {
  for (const client of clients ?? []) client.close();
  await site?.destroy();
}, 60_000);

afterEach(async () => {
  await site.links.restore();
  await untilClean(site.ledgers, 25_000);
}, 30_000);

interface Taken {
  readonly account: bigint;
  readonly key: string;
  readonly capture: CapturedHold;
}

/** Captured of a hold of 120.00: 50.00 of it at home, 35.00 at each of the others. */
async function take(amount: string): Promise<Taken> {
  const account = accounts.pop()!;
  const { hold } = await at(home).authorise(account, '120.00');
  const key = randomUUID();
  return { account, key, capture: await at(home).capture(hold.holdId, amount, { key }) };
}

const own = (account: bigint): Promise<bigint> =>
  site.ownParts(account).then((parts) => parts[home]!);

test('a capture is given back in parts, at most what it captured, wherever it is asked, each key once', async () => {
  const { account, key, capture } = await take('90.00');
  const { captureId, hold } = capture;
  const notes = { reference: 'two of five', metadataJson: '{"n":9007199254740993}' };
  const order = { idempotencyKey: `${randomUUID()}@dc1`, ...notes };
  const heard = await Promise.all(
    [1, 2, 3, 1, 2, 3].map((nodeId) => at(nodeId).refund(capture, '60.00', order)),
  );
  expect(heard.filter(({ replayed }) => !replayed)).toHaveLength(1);
  for (const { refund, position } of heard) {
    expect(refund).toEqual({
      refundId: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-8001-/),
      payOutId: '',
      holdId: hold.holdId,
      captureId,
      accountId: account.toString(),
      amount: '60.00',
      currency: 'USD',
      refunded: '60.00',
      remaining: '30.00',
      ...notes,
      createdAt: expect.any(String),
    });
    expect(position).toEqual(aPosition);
  }
  expect(new Set(heard.map(({ refund }) => refund.refundId)).size).toBe(1);
  // To home's part, whoever held what was captured.
  expect(await own(account)).toBe(6_000n);
  expect(await refusalOf(at(2).refund(capture, '30.01'))).toMatchObject({
    code: 'FAILED_PRECONDITION',
    reason: 'REFUND_EXCEEDED',
    metadata: { hold_id: hold.holdId, capture_id: captureId, remaining: '30.00' },
  });
  // The hold has captured more since: that is another capture's.
  const other = await at(3).capture(hold.holdId, '30.00');
  expect(await refusalOf(at(2).refund(capture, '30.01'))).toMatchObject({
    reason: 'REFUND_EXCEEDED',
  });
  await at(3).refund(other, '30.00');
  const many = await Promise.allSettled(
    [1, 2, 3, 1, 2, 3].map((nodeId) => at(nodeId).refund(capture, '10.00')),
  );
  expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(await own(account)).toBe(12_000n);
  expect(await at(2).capture(hold.holdId, '90.00', { key })).toMatchObject({
    replayed: true,
    captured: '90.00',
    refunded: '90.00',
  });
  for (const nodeId of site.nodeIds) {
    const { hold: shown } = await at(nodeId).get(hold.holdId);
    expect(shown).toMatchObject({ captured: '120.00', refunded: '120.00' });
    expect(shown.refunds[0]).toMatchObject({
      captureId,
      amount: '60.00',
      reference: 'two of five',
    });
    expect(shown.refunds.map(({ amount }) => amount)).toEqual([
      '60.00',
      '30.00',
      '10.00',
      '10.00',
      '10.00',
    ]);
  }
});

test('while a datacenter has not answered, what is confirmed is given back, and more is in progress', async () => {
  const account = accounts.pop()!;
  const { hold } = await at(home).authorise(account, '120.00');
  await site.links.link(1, 3).cut();
  const capture = await at(home).capture(hold.holdId, '100.00');
  expect(capture).toMatchObject({ captured: '85.00', unknown: '15.00' });
  const rest = { idempotencyKey: randomUUID() };
  expect(await refusalOf(at(2).refund(capture, '90.00', rest))).toMatchObject({
    code: 'ABORTED',
    reason: 'IN_PROGRESS',
    metadata: { hold_id: hold.holdId, capture_id: capture.captureId, retryable: 'true' },
  });
  expect(await refusalOf(at(2).refund(capture, '100.01'))).toMatchObject({
    reason: 'REFUND_EXCEEDED',
    metadata: { remaining: '85.00' },
  });
  expect((await at(2).refund(capture, '5.00')).refund).toMatchObject({
    refunded: '5.00',
    remaining: '80.00',
  });
  await site.links.restore();
  const made = await eventually(
    () =>
      at(2)
        .refund(capture, '90.00', rest)
        .catch(() => undefined),
    (one) => one !== undefined,
    20_000,
  );
  expect(made).toMatchObject({ replayed: false, refund: { refunded: '95.00', remaining: '5.00' } });
  expect(await own(account)).toBe(9_500n);
});

test('while the home is silent nobody gives back, and the key tells everywhere what became of it', async () => {
  const { account, capture } = await take('10.00');
  const order = { idempotencyKey: randomUUID() };
  const link = site.links.link(2, home);
  await link.cut();
  const silent = await refusalOf(at(2).refund(capture, '4.00', order));
  expect(silent).toMatchObject({
    code: 'UNAVAILABLE',
    metadata: { node_id: '1', home: 'dc1', retryable: 'true' },
  });
  expect(['HOME_UNREACHABLE', 'OUTCOME_UNKNOWN']).toContain(silent.reason);
  expect(await own(account)).toBe(0n);
  expect((await at(3).refund(capture, '4.00', order)).replayed).toBe(false);
  await site.links.restore();
  const again = await eventually(
    () =>
      at(2)
        .refund(capture, '4.00', order)
        .catch(() => undefined),
    (one) => one !== undefined,
  );
  expect(again).toMatchObject({ replayed: true, refund: { refunded: '4.00' } });
  const lost = { idempotencyKey: randomUUID() };
  const trap = link.setTrap({ matching: 'refund_pay_out', failure: 'freeze', at: 'answer' });
  expect(await refusalOf(at(2).refund(capture, '5.00', lost))).toMatchObject({
    reason: 'OUTCOME_UNKNOWN',
  });
  await trap.sprung;
  await site.links.restore();
  expect(await at(3).refund(capture, '5.00', lost)).toMatchObject({
    replayed: true,
    refund: { refunded: '9.00' },
  });
  expect(await own(account)).toBe(900n);
});

test('is refused for what it is, and uses up no key', async () => {
  const { key, capture } = await take('10.00');
  const { holdId } = capture.hold;
  const idempotencyKey = randomUUID();
  const ask = async (more: object, nodeId = 2): Promise<string | undefined> =>
    (await refusalOf(at(nodeId).refund(capture, '1.00', { idempotencyKey, ...more }))).reason;
  const { capture: other } = await take('10.00');
  expect(await ask({ captureId: other.captureId })).toBe('HOLD_NOT_FOUND');
  expect(await ask({ holdId: other.hold.holdId })).toBe('HOLD_NOT_FOUND');
  expect(await ask({ holdId: randomUUID() })).toBe('HOLD_NOT_FOUND');
  expect(await ask({ holdId: holdId.replace(/-81../, '-813f') })).toBe('HOLD_NOT_FOUND');
  expect(await ask({ captureId: 'first' })).toBe('INVALID_REQUEST');
  expect(await ask({ homeNodeId: 2 })).toBe('INVALID_REQUEST');
  expect(await ask({ idempotencyKey: `${randomUUID()}@dc2` })).toBe('INVALID_REQUEST');
  expect(await ask({ currency: 'EUR' })).toBe('CURRENCY_MISMATCH');
  expect(await ask({ amount: '10.01' })).toBe('REFUND_EXCEEDED');
  expect(await ask({ idempotencyKey: key })).toBe('IDEMPOTENCY_CONFLICT');
  // What is captured stays so when the rest is given back.
  await at(home).void(holdId);
  expect((await at(3).refund(capture, '2.00', { idempotencyKey })).replayed).toBe(false);
  expect(await ask({})).toBe('IDEMPOTENCY_CONFLICT');
  const spent = await refusalOf(
    at(home).capture(other.hold.holdId, '1.00', { key: idempotencyKey }),
  );
  expect(spent.reason).toBe('IDEMPOTENCY_CONFLICT');
});
