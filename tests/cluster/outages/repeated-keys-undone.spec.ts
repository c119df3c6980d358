import { jest } from '@jest/globals';
import { eventually, inLongRun } from '@billing/testing';
import {
  leftOf,
  newRequest,
  RepeatedKeysSite,
  type Heard,
  type PayOut,
  type Request,
} from './repeated-keys-site.js';

// docs/key-homes.md, keys without a home: paid at several nodes before these have heard of each other.
jest.setTimeout(90_000);

const first = 1;
const second = 2;
const third = 3;
const paidMinor = 950n;
const conflict = { word: 'IDEMPOTENCY_CONFLICT' };

let site: RepeatedKeysSite;
/** Accounts of which the audit may say that a key was paid twice, with different requests. */
const twoRequests: bigint[] = [];

beforeAll(async () => {
  site = await RepeatedKeysSite.start({
    // Longer than a test keeps a donor silent.
    COORDINATOR_RESERVE_TIMEOUT_MS: '5000',
    COORDINATOR_PEER_TIMEOUT_MS: '1500',
    COORDINATOR_AUDIT_INTERVAL_MS: '100',
    COORDINATOR_AUDIT_PASS_MS: '1000',
    COORDINATOR_AUDIT_THOROUGH_PASS_MS: '2000',
  });
}, 120_000);

afterEach(() => site.untilCalm());

afterAll(() => site?.destroy(), 60_000);

const newAccount = (parts: Readonly<Record<number, bigint>>): Promise<bigint> =>
  site.base.account(parts);

/** Parts with which these nodes must drain from node 3. */
const partsFor = (drained: readonly number[]): Record<number, bigint> => {
  const part = (nodeId: number): bigint => (drained.includes(nodeId) ? 100n : 2_000n);
  return { 1: part(1), 2: part(2), 3: 5_000n };
};

interface PaidTwice {
  readonly accountId: bigint;
  readonly request: Request;
  readonly stands: PayOut;
  readonly later: PayOut;
}

/** Paid at one after the other, which do not hear each other. */
async function payTwice(
  accountId: bigint,
  order: readonly number[],
  change: Request = {},
): Promise<PaidTwice> {
  const request = newRequest(accountId);
  const stands = await site.payAt(order[0]!, request);
  const later = await site.payAt(order[1]!, { ...request, ...change });
  return { accountId, request, stands, later };
}

const pairOf = ({ later, stands }: PaidTwice, isSame: boolean): string =>
  `${later.payOutId} ${stands.payOutId} ${isSame ? 't' : 'f'}`;

const orders = [
  [first, second],
  [second, first],
];

describe('a key that two nodes pay inside the replication delay', () => {
  const cases = orders.flatMap((order) =>
    [[], [first], [second], [first, second]].map((drained, index) => ({
      order,
      drained,
      ways: ['both from their parts', 'drained at 1', 'drained at 2', 'drained at both'][index]!,
    })),
  );
  // All in one delay.
  const paid: (PaidTwice & { readonly heard: readonly Heard[] })[] = [];

  beforeAll(async () => {
    const accounts = await site.base.accounts(cases.map(({ drained }) => partsFor(drained)));
    await site.part(first, second);
    for (const [index, { order }] of cases.entries()) {
      const one = await payTwice(accounts[index]!, order);
      for (const { payOutId } of [one.stands, one.later]) {
        await site.untilArrived(third, payOutId);
      }
      const contents = [one.request, { ...one.request, amount: '1' }];
      const heard = await Promise.all(contents.map((content) => site.hear(third, content)));
      paid.push({ ...one, heard });
    }
    await site.heal();
    for (const { accountId } of paid) {
      await eventually(
        () => site.corrections(accountId),
        (rows) => rows.length > 0,
      );
    }
    await site.untilCalm();
  }, 90_000);

  test.each(cases.map((one, index) => ({ ...one, index })))(
    'stands once, the earlier one: node $order.0 before node $order.1, $ways',
    async ({ drained, index }) => {
      const one = paid[index]!;
      const { accountId, request, stands, later, heard } = one;
      // At node 3, which had heard of both.
      expect(heard).toEqual([{ word: 'replayed', payOut: stands }, conflict]);
      await site.expectUndone(request, stands, [{ payOut: later, inFavourOf: [stands] }]);
      expect(await site.pairs(accountId)).toEqual({
        pairs: [pairOf(one, true)],
        finders: [first, second],
      });
      expect(await site.base.ownParts(accountId)).toEqual(
        leftOf(partsFor(drained), [stands, later], [later]),
      );
    },
  );

  test('stands once, where one pays while the other still drains', async () => {
    const parts = { 1: 100n, 2: 2_000n, 3: 5_000n };
    const accountId = await newAccount(parts);
    const request = newRequest(accountId);
    await site.part(first, second);
    site.base.links.link(first, third).freeze();
    const call = site.hear(first, request);
    const begun = 'select count(*) from billing.pay_outs where idempotency_key = $1';
    await eventually(
      () => site.ledger(first).value<bigint>(begun, [request.idempotencyKey]),
      (count) => count === 1n,
    );
    const local = await site.payAt(second, request);
    await site.base.links.link(first, third).restore();
    const { word, payOut } = await call;
    expect(word).toBe('paid');
    await site.heal();
    const [given] = await eventually(
      () => site.corrections(accountId),
      (rows) => rows.length > 0,
    );
    const isLocal = given!.operation_id === local.payOutId;
    const [stands, undone] = isLocal ? [payOut!, local] : [local, payOut!];
    await site.expectUndone(request, stands, [{ payOut: undone, inFavourOf: [stands] }]);
    expect(await site.sumOf(accountId)).toBe(7_100n - paidMinor);
  });

  const healings = [
    { healed: [], how: 'all hear each other at once' },
    { healed: [2, 3], how: 'the later two hear each other first' },
    { healed: [1, 3], how: 'the earliest and the last hear each other first' },
    { healed: [1, 2], how: 'the earlier two hear each other first' },
  ];
  test.each(inLongRun(healings, healings.slice(1, 3)))(
    'and a third one, stands once: $how',
    async ({ healed }) => {
      const parts = { 1: 2_000n, 2: 2_000n, 3: 2_000n };
      const accountId = await newAccount(parts);
      const request = newRequest(accountId);
      await site.part(...site.nodeIds);
      const paid: PayOut[] = [];
      for (const nodeId of site.nodeIds) paid.push(await site.payAt(nodeId, request));
      const [one, two, three] = paid as [PayOut, PayOut, PayOut];
      if (healed.length > 0) {
        await site.heal(...healed);
        await eventually(
          () => site.corrections(accountId),
          (rows) => rows.length === 1,
        );
      }
      await site.heal();
      await site.expectUndone(request, one, [
        { payOut: two, inFavourOf: [one] },
        // When it was undone the earliest was not known to both.
        { payOut: three, inFavourOf: healed[0] === second ? [one, two] : [one] },
      ]);
      expect(await site.base.ownParts(accountId)).toEqual(leftOf(parts, paid, [two, three]));
    },
  );

  test('each of 40 stands once, asked at all nodes at once, whatever comes between', async () => {
    const accounts = await site.base.accounts([
      ...Array.from({ length: 5 }, () => ({ 1: 10_000n, 2: 10_000n, 3: 10_000n })),
      ...Array.from({ length: 5 }, () => ({ 1: 100n, 2: 30_000n, 3: 100n })),
    ]);
    const requests = Array.from({ length: 40 }, (_, index) => newRequest(accounts[index % 10]!));
    await Promise.all(
      requests.flatMap((request) => site.nodeIds.map((nodeId) => site.hear(nodeId, request))),
    );
    await Promise.all(requests.map((request) => site.untilPaid(second, request)));
    await site.untilCalm();
    for (const [index, accountId] of accounts.entries()) {
      const had = index < 5 ? 30_000n : 30_200n;
      expect(await site.sumOf(accountId)).toBe(had - 4n * paidMinor);
    }
    for (const request of requests) {
      const heard = await Promise.all(site.nodeIds.map((nodeId) => site.hear(nodeId, request)));
      expect(heard).toEqual(Array(3).fill({ word: 'replayed', payOut: heard[0]!.payOut }));
    }
  });
});

describe('two payments under one key that say different things', () => {
  const parts = partsFor([]);
  const paid: PaidTwice[] = [];

  beforeAll(async () => {
    const accounts = await site.base.accounts(orders.map(() => parts));
    twoRequests.push(...accounts);
    await site.part(first, second);
    for (const [index, order] of orders.entries()) {
      paid.push(await payTwice(accounts[index]!, order, { amount: '7' }));
    }
    await site.heal();
    for (const { accountId } of paid) {
      await eventually(
        () => site.pairs(accountId),
        ({ finders }) => finders.length === 2,
      );
    }
    await site.untilCalm();
  }, 90_000);

  test.each(orders.map((order, index) => ({ order, index })))(
    'both stay, and the audit names them: node $order.0 before node $order.1',
    async ({ index }) => {
      const one = paid[index]!;
      const { accountId, request, stands, later } = one;
      expect(await site.pairs(accountId)).toEqual({
        pairs: [pairOf(one, false)],
        finders: [first, second],
      });
      expect(await site.corrections(accountId)).toEqual([]);
      expect(await site.base.ownParts(accountId)).toEqual(leftOf(parts, [stands, later], []));
      for (const nodeId of site.nodeIds) {
        for (const { payOutId } of [stands, later]) {
          expect((await site.client(nodeId).getPayOut(payOutId)).payOut.duplicateOf).toBe('');
        }
        // Neither of the two.
        expect(await site.hear(nodeId, { ...request, amount: '1' })).toEqual(conflict);
      }
      await eventually(
        () => site.published(false),
        (found) => found.includes(`key ${accountId}`),
      );
      const found = (await site.verify()).filter((line) => line.endsWith(` ${accountId}`));
      expect(found.length).toBeGreaterThan(0);
      for (const line of found) expect(line).toContain(' key ');
    },
  );
});

/** From two payments that have not heard of each other to nodes that all run and hear each other. */
const interruptions: readonly {
  readonly what: string;
  readonly strike: (later: PayOut, request: Request, stands: PayOut) => Promise<void>;
}[] = [
  ...inLongRun([[first], [second], [first, second]], [[first, second]]).map((victims) => ({
    what: `PostgreSQL is killed before they hear of each other: of ${victims.join(' and ')}`,
    strike: async () => {
      await site.restartPostgres(...victims);
      await site.heal();
    },
  })),
  {
    what: 'the coordinator of the later one is away while the pair is found',
    strike: async (later, request, stands) => {
      await site.base.cluster.killMember('coordinator', second);
      await site.heal();
      await site.untilTold(second, later);
      expect(await site.corrections(BigInt(request.accountId!))).toEqual([]);
      expect(await site.hear(first, request)).toEqual({ word: 'replayed', payOut: stands });
      await site.base.cluster.startMember('coordinator', second);
    },
  },
  {
    what: 'PostgreSQL of the later one is killed when it has been told and has undone nothing',
    strike: async (later) => {
      await site.base.cluster.killMember('coordinator', second);
      await site.heal();
      await site.untilTold(second, later);
      await site.restartPostgres(second);
      await site.base.cluster.startMember('coordinator', second);
    },
  },
  {
    what: 'no coordinator compares what has come before PostgreSQL is killed at both',
    strike: async (later, request, stands) => {
      for (const nodeId of [first, second]) {
        await site.base.cluster.killMember('coordinator', nodeId);
      }
      await site.heal();
      await site.untilArrived(first, later.payOutId);
      await site.untilArrived(second, stands.payOutId);
      expect(await site.pairs(BigInt(request.accountId!))).toEqual({ pairs: [], finders: [] });
      await site.restartPostgres(first, second);
      for (const nodeId of [first, second]) {
        await site.base.cluster.startMember('coordinator', nodeId);
      }
    },
  },
  {
    what: 'PostgreSQL is killed in the middle of a comparison',
    strike: () =>
      site.killWaiting(second, 'lock table billing.duplicate_pay_outs in share mode', () =>
        site.heal(),
      ),
  },
  {
    what: 'PostgreSQL is killed in the middle of the undoing',
    strike: (later) =>
      site.killWaiting(
        second,
        `select from billing.account_balances where account_id = ${later.accountId} and node_id = ${second} for update`,
        () => site.heal(),
      ),
  },
];

test.each(interruptions)(
  'one stands and the other is undone once, though $what',
  async ({ strike }) => {
    const parts = partsFor([]);
    const account = await newAccount(parts);
    await site.part(first, second);
    const { accountId, request, stands, later } = await payTwice(account, [first, second]);
    await strike(later, request, stands);
    await site.expectUndone(request, stands, [{ payOut: later, inFavourOf: [stands] }]);
    expect(await site.base.ownParts(accountId)).toEqual(leftOf(parts, [stands, later], [later]));
  },
);

test('the audit has found nothing in all that time but keys with two requests', async () => {
  expect((await site.verify()).filter((line) => !line.includes(' key '))).toEqual([]);
  const keys = twoRequests.map((id) => `key ${id}`).sort();
  expect(await site.published(true)).toEqual(keys);
});
