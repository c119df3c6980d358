import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { UpTo } from '@billing/contracts';
import { eventually } from '@billing/testing';
import { refusalOf } from '../coordinator/coordinator-client.js';
import { gave, repeatOf, requestOf } from '../pay-outs/pay-out.request.js';
import { RepeatedKeysSite, type Request } from './repeated-keys-site.js';

// docs/drain.md, up to an amount, on three nodes whose links can fail.
jest.setTimeout(90_000);

let site: RepeatedKeysSite;

beforeAll(async () => {
  site = await RepeatedKeysSite.start({ COORDINATOR_PEER_TIMEOUT_MS: '1500' });
}, 120_000);

afterEach(() => site.untilCalm());

afterAll(() => site?.destroy(), 60_000);

const parts = { 1: 2_000n, 2: 3_000n, 3: 1_000n };

const newAccount = async (): Promise<string> => (await site.base.account(parts)).toString();

const keyOf = (nodeId: number): string => `${randomUUID()}@dc${nodeId}`;

/** Of what there is, up to this; its home is the first. */
const upTo = (accountId: string, most: string, minimum = '', changes: Request = {}): Request =>
  requestOf(accountId, '', {
    idempotencyKey: keyOf(1),
    upTo: { upTo: most, minimum, exhausted: false, unreachableNodes: [] },
    deadlineMs: 8_000,
    ...changes,
  });

const told = (changes: Partial<UpTo>): UpTo => ({
  upTo: '80.00',
  minimum: '0.00',
  exhausted: true,
  unreachableNodes: [],
  ...changes,
});

test('pays all that there is at every datacenter, says so, and tells the same again anywhere', async () => {
  const accountId = await newAccount();
  const request = upTo(accountId, '80.00', '10.00');
  const made = await site.client(1).payOut(request);
  expect(made.payOut).toMatchObject({ amount: '60.00', upTo: told({ minimum: '10.00' }) });
  expect(gave(made)).toEqual({ 1: '20.00', 2: '30.00', 3: '10.00' });
  expect(await site.client(1).payOut(request)).toEqual(repeatOf(made));
  for (const nodeId of [2, 3]) {
    await site.untilArrived(nodeId, made.payOut.payOutId);
    expect(await site.hear(nodeId, request)).toEqual({ word: 'replayed', payOut: made.payOut });
    expect((await site.client(nodeId).getPayOut(made.payOut.payOutId)).payOut).toEqual(made.payOut);
  }
  const another = upTo(accountId, '80.00', '10.01', { idempotencyKey: request.idempotencyKey! });
  expect(await site.hear(1, another)).toEqual({ word: 'IDEMPOTENCY_CONFLICT' });
  expect(await site.sumOf(BigInt(accountId))).toBe(0n);
});

test('pays nothing of an empty account, which is an answer, and refuses what is below its minimum', async () => {
  const accountId = (await site.base.account({})).toString();
  const request = upTo(accountId, '80.00');
  const made = await site.client(1).payOut(request);
  expect(made.payOut).toMatchObject({ amount: '0.00', parts: [], upTo: told({}) });
  await site.base.ledger(1).value('select public.deposit_balance($1, 5, 1)', [accountId]);
  expect(await site.client(1).payOut(request)).toEqual(repeatOf(made));
  await site.untilArrived(2, made.payOut.payOutId);
  expect(await site.hear(2, request)).toEqual({ word: 'replayed', payOut: made.payOut });
  expect(await refusalOf(site.client(1).payOut(upTo(accountId, '80.00', '5.01')))).toMatchObject({
    reason: 'INSUFFICIENT_FUNDS',
    metadata: { available: '5.00' },
  });
});

test('takes the part of one datacenter alone where it may not drain', async () => {
  const accountId = await newAccount();
  const local = (): Request => ({ drain: 'DRAIN_LOCAL_ONLY', idempotencyKey: keyOf(2) });
  const made = await site.client(2).payOut(upTo(accountId, '80.00', '30.00', local()));
  expect(made.payOut).toMatchObject({ amount: '30.00', upTo: told({ minimum: '30.00' }) });
  expect(gave(made)).toEqual({ 2: '30.00' });
  const none = await site.client(2).payOut(upTo(accountId, '80.00', '', local()));
  expect(none.payOut).toMatchObject({ amount: '0.00', parts: [] });
  const short = site.client(2).payOut(upTo(accountId, '80.00', '0.01', local()));
  expect(await refusalOf(short)).toMatchObject({
    reason: 'INSUFFICIENT_LOCAL_FUNDS',
    metadata: { available: '0.00' },
  });
});

test('is carried out by the home of its key, whoever hears it', async () => {
  const accountId = await newAccount();
  const home: Request = { idempotencyKey: keyOf(3) };
  const covered = upTo(accountId, '5.00', '1.00', home);
  const first = await site.client(1).payOut(covered);
  expect(gave(first)).toEqual({ 3: '5.00' });
  expect(first.payOut.upTo).toEqual(told({ upTo: '5.00', minimum: '1.00', exhausted: false }));
  const request = upTo(accountId, '80.00', '1.00', { idempotencyKey: keyOf(3) });
  const made = await site.client(1).payOut(request);
  expect(made.payOut).toMatchObject({ amount: '55.00', upTo: told({ minimum: '1.00' }) });
  expect(await site.client(2).payOut(request)).toEqual(repeatOf(made));
  const local: Request = { idempotencyKey: keyOf(3), drain: 'DRAIN_LOCAL_ONLY' };
  const none = await site.client(1).payOut(upTo(accountId, '80.00', '', local));
  expect(none.payOut).toMatchObject({ amount: '0.00', parts: [], upTo: told({}) });
});

test('pays what can be had while a datacenter is silent, and names it', async () => {
  const accountId = await newAccount();
  await site.part(1, 3);
  const made = await site.client(1).payOut(upTo(accountId, '80.00'));
  expect(made.payOut).toMatchObject({ amount: '50.00', upTo: told({ unreachableNodes: [3] }) });
  expect(gave(made)).toEqual({ 1: '20.00', 2: '30.00' });
  const refused = site.client(1).payOut(upTo(accountId, '80.00', '5.00'));
  expect((await refusalOf(refused)).reason).toBe('INSUFFICIENT_REACHABLE_FUNDS');
});

test('is refunded up to what it paid', async () => {
  const accountId = await newAccount();
  const { payOut } = await site.client(1).payOut(upTo(accountId, '80.00'));
  const order = { payOutId: payOut.payOutId, currency: 'USD' };
  const much = { ...order, amount: '60.01', idempotencyKey: randomUUID() };
  expect(await refusalOf(site.client(2).refundPayOut(much))).toMatchObject({
    reason: 'REFUND_EXCEEDED',
    metadata: { remaining: '60.00' },
  });
  await site.client(2).refundPayOut({ ...order, amount: '60.00', idempotencyKey: randomUUID() });
  expect(await site.sumOf(BigInt(accountId))).toBe(6_000n);
});

test('without a home is refused: what one datacenter has told, another one would give back', async () => {
  const accountId = await newAccount();
  const request = upTo(accountId, '80.00', '', { idempotencyKey: randomUUID() });
  expect(await refusalOf(site.client(1).payOut(request))).toMatchObject({
    reason: 'INVALID_REQUEST',
    metadata: { field: 'idempotency_key' },
  });
  const homed = await site.client(1).payOut({ ...request, homeNodeId: 2 });
  expect(gave(homed)).toEqual({ 1: '20.00', 2: '30.00', 3: '10.00' });
});

test('that was begun too late to ask anybody is not paid, and is tried again under its key', async () => {
  const accountId = await newAccount();
  const request = upTo(accountId, '80.00', '', { deadlineMs: 300 });
  const held = await site.ledger(1).database.connect('late');
  try {
    await held.query('begin', 'begin');
    await held.query(
      'lock',
      `select from billing.account_balances where account_id = ${accountId} for update`,
    );
    expect(await site.hear(1, request)).toMatchObject({ word: 'OUTCOME_UNKNOWN' });
  } finally {
    held.release(true);
  }
  await site.untilCalm();
  const { payOut } = await site.untilPaid(1, { ...request, deadlineMs: 8_000 });
  expect(payOut).toMatchObject({ amount: '60.00', upTo: told({}) });
});

test('leaves nothing set aside when whoever ran it is killed, and tries again under its key', async () => {
  const accountId = await newAccount();
  const request = upTo(accountId, '80.00', '1.00', { deadlineMs: 2_000 });
  const held = await site.ledger(1).database.connect('holds');
  try {
    await held.query('begin', 'begin');
    await held.query('lock', 'lock table billing.drain_decisions in access exclusive mode');
    const call = site.hear(1, request);
    const reserved = `/* reserved */ select count(*) from billing.reservations where account_id = $1 and state = 'reserved'`;
    await eventually(
      () => site.ledger(2).value<bigint>(reserved, [accountId]),
      (count) => count > 0n,
    );
    await site.base.cluster.killMember('coordinator', 1);
    await call;
  } finally {
    held.release(true);
  }
  await site.base.cluster.startMember('coordinator', 1);
  await site.untilCalm();
  const { payOut } = await site.untilPaid(1, request);
  expect(payOut).toMatchObject({ amount: '60.00', upTo: told({ minimum: '1.00' }) });
});
