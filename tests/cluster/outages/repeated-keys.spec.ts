import { jest } from '@jest/globals';
import { createIdempotencyKey } from '@billing/contracts';
import { eventually, TcpProxy } from '@billing/testing';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { gave } from '../pay-outs/pay-out.request.js';
import {
  heardOf,
  isPaid,
  leftOf,
  minorOf,
  newRequest,
  nodeOf,
  RepeatedKeysSite,
  type PayOut,
  type Request,
} from './repeated-keys-site.js';

// docs/key-homes.md, keys without a home: heard at node 1, and then at others which have been told.
jest.setTimeout(90_000);

const first = 1;
const second = 2;
const third = 3;
const paidMinor = 950n;
const conflict = { word: 'IDEMPOTENCY_CONFLICT' };

let site: RepeatedKeysSite;
beforeAll(async () => {
  site = await RepeatedKeysSite.start({
    // Longer than a test keeps a donor silent.
    COORDINATOR_RESERVE_TIMEOUT_MS: '5000',
    COORDINATOR_PEER_TIMEOUT_MS: '1500',
  });
}, 120_000);

afterEach(() => site.untilCalm());

afterAll(() => site?.destroy(), 60_000);

const newAccount = (parts: Readonly<Record<number, bigint>>): Promise<bigint> =>
  site.base.account(parts);

/** Everything else is as it was asked first. */
const contents: readonly {
  readonly content: string;
  readonly change: Request;
  readonly isSame: boolean;
}[] = [
  { content: 'the same', change: {}, isSame: true },
  {
    content: 'the same, written differently, with another deadline',
    change: {
      amount: '9.5',
      metadataJson: '{"n": 9007199254740993, "a": "x"}',
      deadlineMs: 7_000,
    },
    isSame: true,
  },
  { content: 'another amount', change: { amount: '9.51' }, isSame: false },
  { content: 'another reference', change: { reference: 'order 8' }, isSame: false },
  { content: 'other metadata', change: { metadataJson: '{"a":"y"}' }, isSame: false },
];

/** Ways in which the first try is paid, and what the client hears. */
const paidFirst = [
  { how: 'paid from the local part', parts: { 1: 2_000n, 2: 2_000n, 3: 2_000n }, isLost: false },
  { how: 'paid by a drain', parts: { 1: 100n, 2: 2_000n, 3: 2_000n }, isLost: false },
  { how: 'paid, and its answer lost', parts: { 1: 2_000n, 2: 2_000n, 3: 2_000n }, isLost: true },
];

/** Asks over a connection whose answers never come. @returns the id that node 2 has heard of */
async function payAndLose(request: Request): Promise<string> {
  const { address } = site.base.cluster.coordinatorConnection(first);
  const port = Number(address.split(':').at(-1));
  const proxy = await TcpProxy.listen({ target: () => ({ host: '127.0.0.1', port }) });
  const lonely = new CoordinatorClient(
    site.base.cluster.coordinatorConnection(proxy.address),
    site.client(first).token,
    1_500,
  );
  try {
    await lonely.listServices();
    proxy.freeze('toClient');
    expect(await heardOf(lonely.payOut(request))).toEqual({ word: 'DEADLINE_EXCEEDED' });
    const kept = '/* kept */ select id::text from billing.pay_outs where idempotency_key = $1';
    return await site.ledger(first).value<string>(kept, [request.idempotencyKey]);
  } finally {
    lonely.close();
    await proxy.close();
  }
}

/** The order of members is not promised. */
const sameAs = (payOut: PayOut): unknown => ({
  ...payOut,
  metadataJson: expect.stringMatching(/^\{("a":"x",|)"n":9007199254740993(,"a":"x"|)\}$/),
});

describe.each(paidFirst)('a key that was $how', ({ parts, isLost }) => {
  test.each(contents)('and comes to other nodes with $content', async ({ change, isSame }) => {
    const accountId = await newAccount(parts);
    const request = newRequest(accountId);
    const paid = isLost ? undefined : await site.payAt(first, request);
    const id = paid?.payOutId ?? (await payAndLose(request));
    for (const nodeId of [second, third]) {
      await site.untilArrived(nodeId, id);
      const heard = await site.hear(nodeId, { ...request, ...change });
      if (!isSame) {
        expect(heard).toEqual(conflict);
        continue;
      }
      const atHome = await site.hear(first, request);
      expect(heard).toEqual({ word: 'replayed', payOut: sameAs(atHome.payOut!) });
      if (paid !== undefined) expect(atHome).toEqual({ word: 'replayed', payOut: paid });
      expect(atHome.payOut!.payOutId).toBe(id);
    }
    await site.untilIdle();
    const had = Object.values(parts).reduce((sum, part) => sum + part, 0n);
    expect(await site.sumOf(accountId)).toBe(had - paidMinor);
    expect(await site.pairs(accountId)).toEqual({ pairs: [], finders: [] });
  });
});

test('a key of another client is another key', async () => {
  const accountId = await newAccount({ 1: 2_000n, 2: 2_000n });
  const request = newRequest(accountId);
  const paid = await site.payAt(first, request);
  await site.untilArrived(second, paid.payOutId);
  const bank = new CoordinatorClient(
    site.base.cluster.coordinatorConnection(second),
    await site.base.cluster.signToken({ sub: 'bank' }),
  );
  try {
    const heard = await heardOf(bank.payOut(request));
    expect(heard.word).toBe('paid');
    expect(heard.payOut!.payOutId).not.toBe(paid.payOutId);
  } finally {
    bank.close();
  }
  await site.untilIdle();
  expect(await site.sumOf(accountId)).toBe(4_000n - 2n * paidMinor);
  expect(await site.pairs(accountId)).toEqual({ pairs: [], finders: [] });
});

/** Refused by node 1, for good: nothing of it stays in the way of anybody. */
const refusals = [
  { why: 'the money is nowhere', change: {}, word: 'INSUFFICIENT_FUNDS' },
  {
    why: 'it may not be drained for',
    change: { drain: 'DRAIN_LOCAL_ONLY' },
    word: 'INSUFFICIENT_LOCAL_FUNDS',
  },
] as const;

describe.each(refusals)('a key that was refused as $why', ({ change: asked, word }) => {
  test.each(contents)('is free for $content', async ({ change }) => {
    const accountId = await newAccount({ 1: 100n, 3: 100n });
    const request = newRequest(accountId, asked);
    expect(await site.hear(first, request)).toEqual({ word });
    await site.untilCaughtUp(second, first);
    await site
      .ledger(second)
      .rows('/* deposit */ select public.deposit_balance($1, 20, 2)', [accountId]);
    const again = { ...request, ...change };
    const paid = await site.payAt(second, again);
    expect(gave({ payOut: paid })).toEqual({
      2: change.amount === '9.51' ? '9.51' : '9.50',
    });
    await site.untilCaughtUp(first, second);
    await site.untilCaughtUp(third, second);
    for (const nodeId of site.nodeIds) {
      expect(await site.hear(nodeId, again)).toEqual({ word: 'replayed', payOut: paid });
      const other = { ...again, amount: '1' };
      expect(await site.hear(nodeId, other)).toEqual(conflict);
    }
    await site.untilIdle();
    expect(await site.sumOf(accountId)).toBe(2_200n - minorOf(paid.amount));
  });
});

describe('a key that is being drained for', () => {
  /** Node 3, which has the money, is silent to node 1, and node 2 has heard of the begin. */
  async function beginDrain(deadlineMs: number) {
    const accountId = await newAccount({ 1: 100n, 3: 9_000n });
    const request = newRequest(accountId, { amount: '60', deadlineMs });
    site.base.links.link(first, third).freeze();
    const call = site.hear(first, request);
    const kept = '/* kept */ select id::text from billing.pay_outs where idempotency_key = $1';
    const id = await eventually(
      () => site.ledger(first).value<string | undefined>(kept, [request.idempotencyKey]),
      (seen) => seen !== undefined,
    );
    await site.untilArrived(second, id!);
    return { accountId, request, call, id: id! };
  }

  test('is in progress elsewhere, a conflict with another content, and then replayed', async () => {
    const { accountId, request, call, id } = await beginDrain(8_000);
    expect(await site.hear(second, request)).toEqual({ word: 'IN_PROGRESS' });
    expect(await site.hear(second, { ...request, amount: '1' })).toEqual(conflict);
    await site.heal();
    const { word, payOut } = await call;
    expect({ word, id: payOut?.payOutId }).toEqual({ word: 'paid', id });
    for (const nodeId of [second, third]) {
      const heard = await eventually(
        () => site.hear(nodeId, request),
        (one) => one.word !== 'IN_PROGRESS',
      );
      expect(heard).toEqual({ word: 'replayed', payOut });
      expect(await site.hear(nodeId, { ...request, amount: '1' })).toEqual(conflict);
    }
    await site.untilIdle();
    expect(await site.sumOf(accountId)).toBe(3_100n);
  });

  test.each([
    { content: 'the same', change: {} },
    { content: 'another amount', change: { amount: '1' } },
  ])('is free for $content when its time is over, whatever its node says', async ({ change }) => {
    const { accountId, request, call } = await beginDrain(4_000);
    // Of its end nothing will be heard here.
    await site.part(first, second);
    const local = { ...request, ...change, deadlineMs: 8_000 };
    const early = await site.hear(second, local);
    expect(early.word).toBe(change.amount === undefined ? 'IN_PROGRESS' : conflict.word);
    const late = await eventually(
      () => site.hear(second, local),
      ({ word }) => word !== early.word,
    );
    expect(late.word).toBe('paid');
    expect(nodeOf(late.payOut!.payOutId)).toBe(second);
    expect(isPaid(await call)).toBe(false);
    await site.untilCalm();
    expect(await site.sumOf(accountId)).toBe(9_100n - minorOf(late.payOut!.amount));
    for (const nodeId of site.nodeIds) {
      expect(await site.hear(nodeId, local)).toEqual({ word: 'replayed', payOut: late.payOut });
    }
  });
});

describe.each([
  {
    how: 'refuses',
    strike: () => site.base.links.link(second, first).cut(),
    unpaid: ['HOME_UNREACHABLE'],
  },
  {
    how: 'is silent',
    strike: async () => site.base.links.link(second, first).freeze(),
    // What finds the breaker open was never sent.
    unpaid: ['OUTCOME_UNKNOWN', 'HOME_UNREACHABLE'],
  },
])('a key with a home that $how', ({ strike, unpaid }) => {
  test('is told from what has arrived, and only if that was paid', async () => {
    const accountId = await newAccount({ 1: 2_000n, 2: 2_000n });
    const atHome = { idempotencyKey: createIdempotencyKey(first), deadlineMs: 2_000 };
    const request = newRequest(accountId, atHome);
    const paid = await site.payAt(first, request);
    await site.untilArrived(second, paid.payOutId);
    const fresh = { ...request, idempotencyKey: createIdempotencyKey(first) };
    await strike();
    expect(unpaid).toContain((await site.hear(second, fresh)).word);
    expect(await site.hear(second, request)).toEqual({ word: 'replayed', payOut: paid });
    expect(await site.hear(second, { ...request, amount: '1' })).toEqual(conflict);
    await site.heal();
    await site.untilPaid(second, fresh);
    await site.untilIdle();
    expect(await site.sumOf(accountId)).toBe(4_000n - 2n * paidMinor);
  });
});

test.each([
  { what: 'paid', isPair: false },
  { what: 'paid twice, and undone once', isPair: true },
])('a key that was $what and forgotten is a new one', async ({ isPair }) => {
  const parts = { 1: 2_000n, 2: 2_000n, 3: 2_000n };
  const accountId = await newAccount(parts);
  const request = newRequest(accountId);
  if (isPair) await site.part(first, second);
  const paid = [await site.payAt(first, request)];
  if (isPair) paid.push(await site.payAt(second, request));
  const undone = paid.slice(1);
  await site.heal();
  await eventually(
    () => site.corrections(accountId),
    (rows) => rows.length === undone.length,
  );
  await site.untilCalm();
  const pairs = await site.pairs(accountId);
  const forget = `select billing.forget_pay_outs('0 seconds', 1000)`;
  for (const nodeId of site.nodeIds) {
    await eventually(
      () => site.ledger(nodeId).value<number>(forget),
      (count) => count === 0,
    );
  }
  const anew = await site.payAt(second, request);
  expect(paid.map(({ payOutId }) => payOutId)).not.toContain(anew.payOutId);
  await site.untilIdle();
  expect(await site.pairs(accountId)).toEqual(pairs);
  expect(await site.corrections(accountId)).toHaveLength(undone.length);
  expect(await site.base.ownParts(accountId)).toEqual(leftOf(parts, [...paid, anew], undone));
  for (const nodeId of site.nodeIds) {
    expect(await site.hear(nodeId, request)).toEqual({ word: 'replayed', payOut: anew });
  }
});
