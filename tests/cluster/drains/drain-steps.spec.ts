import { setTimeout as sleep } from 'node:timers/promises';
import { invariants, violationsOf } from '@billing/testing';
import type { Drain } from './drain.js';
import { DrainSite } from './drain-site.js';
import { StepFailures, type Moment } from './step-failures.js';

// Each step of a drain: repeated; failed at every table that it writes, before and at its commit; left
// behind after it. What must always hold is checked after each.
let site: DrainSite;
let stepFailures: StepFailures;
let accounts: bigint[];

const [home, each] = [1, 5_000n];

beforeAll(async () => {
  site = await DrainSite.start();
  stepFailures = await StepFailures.install(site.ledgers);
  accounts = await site.accounts(Array.from({ length: 80 }, () => ({ 1: each, 2: each, 3: each })));
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

afterEach(async () => {
  await stepFailures.disarm();
  await site.untilClean();
}, 30_000);

/** A pay-out at node 1 from an account with 50.00 at each of three nodes. */
function drainOf(amountMinor: bigint, deadlineMs?: number): Drain {
  const accountId = accounts.pop()!;
  return site.drain({ at: home, accountId, amountMinor, ...(deadlineMs && { deadlineMs }) });
}

const covered = 12_000n;
const tooMuch = 16_000n;
const untouched = { 1: each, 2: each, 3: each };
const paid = { 1: 0n, 2: 1_500n, 3: 1_500n };

/** No money is lost or doubled at any moment between two steps. */
async function expectExact(): Promise<void> {
  expect(await violationsOf(site.ledgers, invariants)).toEqual([]);
}

/** What a node holds for a drain, by round: `reserved 3500`. */
async function heldAt(nodeId: number, drain: Drain): Promise<string[]> {
  const rows = await site.ledger(nodeId).rows<{ held: string }>(
    `/* held */ select concat_ws(' ', round, state, amount_minor, settled_minor) as held
       from billing.reservations where attempt_id = $1 order by round`,
    [drain.attempt.attemptId],
  );
  return rows.map(({ held }) => held);
}

describe('a step that is repeated', () => {
  test('begin: the second is told that the first is under way', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    const { attemptId, payOutId } = drain.attempt;
    expect(await drain.begin()).toEqual({ status: 'in_progress', payOutId });
    expect(drain.attempt.attemptId).toBe(attemptId);
    expect(await site.ownParts(drain.request.accountId)).toEqual({ ...untouched, 1: 0n });
    await drain.decide(true);
  });

  test('reserve: the same answer, and nothing more is taken', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    const first = await drain.reserve();
    await expectExact();
    // A repeat names a batch of its own, which comes behind (docs/positions.md).
    const again = first.map((answer) => ({ ...answer, batch_id: expect.anything() as unknown }));
    expect(await drain.reserve()).toEqual(again);
    expect(await heldAt(2, drain)).toEqual(['1 reserved 3500 0']);
    expect(await drain.decide()).toMatchObject({ verdict: 'committed' });
  });

  test('decide: the same word, though it is asked with other answers', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    await drain.reserve();
    const { verdict, taken } = await drain.decide();
    drain.answers.length = 0;
    expect(await drain.decide(true)).toMatchObject({ verdict, taken });
    expect(taken).toEqual([
      { nodeId: 1, amountMinor: 5_000n },
      { nodeId: 2, amountMinor: 3_500n },
      { nodeId: 3, amountMinor: 3_500n },
    ]);
  });

  test('decide, twice at once: one word', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    await drain.reserve();
    const words = await Promise.all([1, 2, 3, 4].map(() => drain.decide()));
    expect(new Set(words.map(({ verdict }) => verdict))).toEqual(new Set(['committed']));
  });

  test('settle: told again, nothing changes', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    await drain.reserve();
    await drain.decide();
    const told = { status: 'told', told: [drain.attempt.attemptId], refused: [] };
    for (let time = 0; time < 3; time += 1) {
      expect(await drain.tell(2)).toEqual(told);
      expect(await heldAt(2, drain)).toEqual(['1 settled 3500 3500']);
      await expectExact();
    }
    expect([await drain.mark(2), await drain.mark(2)]).toEqual([1, 0]);
    expect(await drain.tell(2)).toMatchObject({ status: 'nothing' });
  });

  test('settle of less than was reserved: the excess goes back once', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    await drain.reserve({ 2: 4_000n, 3: 4_000n });
    await drain.decide();
    for (let time = 0; time < 3; time += 1) {
      await drain.tell(3);
      expect(await heldAt(3, drain)).toEqual(['1 settled 4000 3000']);
      await expectExact();
    }
    await site.untilClean();
    expect(await site.ownParts(drain.request.accountId)).toEqual({ 1: 0n, 2: 1_000n, 3: 2_000n });
  });

  test('release: given back once', async () => {
    const drain = drainOf(tooMuch);
    await drain.begin();
    await drain.reserve();
    await drain.reserveAgain();
    expect(await drain.decide()).toMatchObject({
      verdict: 'insufficient_funds',
      availableMinor: 15_000n,
    });
    for (let time = 0; time < 3; time += 1) {
      await drain.tell(2);
      expect((await heldAt(2, drain))[0]).toBe('1 released 5000 0');
      expect((await site.ownParts(drain.request.accountId))[2]).toBe(each);
      await expectExact();
    }
    await drain.mark(2);
    expect(await drain.mark(2)).toBe(0);
  });
});

interface Step {
  readonly name: string;
  readonly amount: bigint;
  /** Where it writes, and what. */
  readonly at: number;
  readonly writes: readonly string[];
  readonly prepare: (drain: Drain) => Promise<unknown>;
  readonly run: (drain: Drain) => Promise<unknown>;
  /** Of a run that failed: it threw, or says so. */
  readonly saysFailed?: (answer: unknown) => boolean;
  readonly finish: (drain: Drain) => Promise<unknown>;
}

const begun = (drain: Drain) => drain.begin();
const reserved = async (drain: Drain) => [await begun(drain), await drain.reserve()];
const reservedTwice = async (drain: Drain) => [await reserved(drain), await drain.reserveAgain()];
const decided = async (drain: Drain) => [await reserved(drain), await drain.decide()];
const refused = async (drain: Drain) => [await reservedTwice(drain), await drain.decide()];

const steps: Step[] = [
  {
    name: 'begin',
    amount: covered,
    at: home,
    writes: ['pay_outs', 'pay_out_attempts', 'reservations', 'transaction_log', 'account_balances'],
    prepare: async () => undefined,
    run: (drain) => drain.begin(),
    finish: async (drain) => [await drain.reserve(), await drain.decide()],
  },
  {
    name: 'reserve',
    amount: covered,
    at: 2,
    writes: ['reservations', 'transaction_log', 'account_balances'],
    prepare: begun,
    run: (drain) => drain.reserve(),
    saysFailed: (answers) => (answers as { status: string }[])[0]!.status === 'failed',
    finish: (drain) => drain.decide(),
  },
  {
    name: 'reserve of the second round, at home',
    amount: covered,
    at: home,
    writes: ['reservations', 'transaction_log', 'account_balances'],
    prepare: async (drain) => {
      await begun(drain);
      await drain.reserve({ 2: 3_500n });
      await site
        .ledger(home)
        .rows('/* add */ select public.deposit_balance($1, 30, 1)', [drain.request.accountId]);
    },
    run: (drain) => drain.reserveAgain([home]),
    finish: async (drain) => [await drain.reserveAgain([3]), await drain.decide()],
  },
  {
    name: 'decide, committed',
    amount: covered,
    at: home,
    writes: ['drain_decisions', 'pay_out_attempts', 'pay_outs', 'reservations', 'account_balances'],
    prepare: reserved,
    run: (drain) => drain.decide(),
    finish: async () => undefined,
  },
  {
    name: 'decide, aborted',
    amount: tooMuch,
    at: home,
    writes: [
      'drain_decisions',
      'pay_out_attempts',
      'pay_outs',
      'reservations',
      'transaction_log',
      'account_balances',
    ],
    prepare: reservedTwice,
    run: (drain) => drain.decide(),
    finish: async () => undefined,
  },
  {
    name: 'settle',
    amount: covered,
    at: 2,
    writes: ['reservations', 'account_balances'],
    prepare: decided,
    run: (drain) => drain.tell(2),
    finish: (drain) => drain.mark(2),
  },
  {
    name: 'release',
    amount: tooMuch,
    at: 2,
    writes: ['reservations', 'transaction_log', 'account_balances'],
    prepare: refused,
    run: (drain) => drain.tell(2),
    finish: (drain) => drain.mark(2),
  },
  {
    name: 'mark',
    amount: covered,
    at: home,
    writes: ['pay_out_attempts'],
    prepare: async (drain) => [await decided(drain), await drain.tell(2)],
    run: (drain) => drain.mark(2),
    finish: async () => undefined,
  },
];

const failures = steps.flatMap((step) =>
  step.writes.flatMap((table) =>
    (['statement', 'commit'] as Moment[]).map((moment) => ({ ...step, table, moment })),
  ),
);

describe('a step that fails', () => {
  test.each(failures)(
    '$name, at $table, at its $moment: nothing of it is there, and a repeat succeeds',
    async (step) => {
      const drain = drainOf(step.amount);
      await step.prepare(drain);
      const before = await snapshot(drain);
      await stepFailures.arm(step.at, step.table, step.moment);
      const answersBefore = drain.answers.length;
      const outcome = await step.run(drain).then(
        (answer) => (step.saysFailed?.(answer) === true ? 'failed' : 'done'),
        () => 'failed',
      );
      expect(outcome).toBe('failed');
      drain.answers.length = answersBefore;
      // Others may have done their part of a step at several nodes; the one that failed has not.
      expect((await snapshot(drain))[step.at]).toEqual(before[step.at]);
      await expectExact();

      await stepFailures.disarm();
      await step.run(drain);
      await step.finish(drain);
      await expectExact();
      await site.untilClean();
      expect(await drain.outcome()).toBe(
        step.amount === covered ? 'committed' : 'rejected insufficient_funds',
      );
    },
  );

  /** All that each node keeps of a drain's account. */
  async function snapshot(drain: Drain): Promise<Record<number, unknown>> {
    const facts = await Promise.all(
      site.ledgers.map((ledger) =>
        ledger.value<string>(
          `/* snapshot */ select concat_ws(e'\\n',
             (select string_agg(p::text, ',' order by p.id) from billing.pay_outs p where account_id = $1),
             (select string_agg(a::text, ',' order by a.id) from billing.pay_out_attempts a where account_id = $1),
             (select string_agg(d::text, ',' order by d.attempt_id) from billing.drain_decisions d
               where account_id = $1 and node_id = billing.local_node_id()),
             (select string_agg(r::text, ',' order by r.attempt_id, r.round) from billing.reservations r where account_id = $1),
             (select string_agg(l::text, ',' order by l.id) from billing.transaction_log l
               where account_id = $1 and node_id = billing.local_node_id()),
             (select b::text from billing.account_balances b
               where account_id = $1 and node_id = billing.local_node_id()))`,
          [drain.request.accountId],
        ),
      ),
    );
    return Object.fromEntries(facts.map((fact, index) => [index + 1, fact]));
  }
});

describe('a drain that is left behind after a step', () => {
  const deadlineMs = 400;
  const pending = 'rejected deadline_exceeded';
  const places: [
    name: string,
    go: (drain: Drain) => Promise<unknown>,
    amount: bigint,
    ends: string,
  ][] = [
    ['begin', begun, covered, pending],
    [
      'a reserve at one donor',
      async (drain) => [await begun(drain), await drain.reserve({ 3: 10n })],
      covered,
      pending,
    ],
    ['reserve', reserved, covered, pending],
    [
      'its second round, which asked more nodes',
      async (drain) => [await begun(drain), await drain.reserveAgain()],
      covered,
      pending,
    ],
    ['decide, committed', decided, covered, 'committed'],
    ['decide, aborted', refused, tooMuch, 'rejected insufficient_funds'],
    [
      'settle at one donor',
      async (drain) => [await decided(drain), await drain.tell(2)],
      covered,
      'committed',
    ],
    [
      'release at one donor',
      async (drain) => [await refused(drain), await drain.tell(3)],
      tooMuch,
      'rejected insufficient_funds',
    ],
    [
      'a decision that was contended',
      async (drain) => [
        await begun(drain),
        await drain.reserve({ 2: 10n }),
        await drain.decide(false),
      ],
      tooMuch,
      pending,
    ],
  ];
  const drains = new Map<string, Drain>();

  beforeAll(async () => {
    for (const [name, go, amount] of places) {
      const drain = drainOf(amount, deadlineMs);
      drains.set(name, drain);
      await go(drain);
      site.dropSession(home);
    }
    await expectExact();
    await sleep(deadlineMs + 1_100);
    await site.untilClean();
  }, 30_000);

  test.each(places)('%s: nothing is left in doubt', async (name, _, __, ends) => {
    const drain = drains.get(name)!;
    expect(await drain.outcome()).toBe(ends);
    expect(await site.ownParts(drain.request.accountId)).toEqual(
      ends === 'committed' ? paid : untouched,
    );
  });

  test.each(places.filter(([, , , ends]) => ends === pending))(
    '%s: the same key tries again under the same id',
    async (name) => {
      const drain = drains.get(name)!;
      const { payOutId } = drain.attempt;
      const amountIsThere = drain.request.amountMinor === covered;
      expect(await drain.begin()).toMatchObject({ status: 'begun', payOutId });
      await drain.reserve();
      await drain.reserveAgain();
      expect(await drain.decide()).toMatchObject({
        verdict: amountIsThere ? 'committed' : 'insufficient_funds',
      });
    },
  );
});
