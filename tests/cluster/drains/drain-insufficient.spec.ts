import {
  beginAttempt,
  beginTransfers,
  deliverTransfers,
  markTransfersDelivered,
  probeNode,
  type Caller,
  type TransferDelivery,
} from '@billing/database';
import { eventually } from '@billing/testing';
import type { Drain } from './drain.js';
import { DrainSite } from './drain-site.js';

// "Insufficient funds" is said if and only if it is true. For each simpler rule that comes to mind a
// schedule in which that rule would refuse a pay-out although the money was there all the time.
let site: DrainSite;
let accounts: bigint[];

const each = 5_000n;

beforeAll(async () => {
  site = await DrainSite.start({ nodeCount: 2 });
  accounts = await site.accounts(Array.from({ length: 20 }, () => ({ 1: each, 2: each })));
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

afterEach(async () => {
  await site.links.restore();
  await site.untilClean();
}, 30_000);

const drain = (at: number, accountId: bigint, amountMinor: bigint): Drain =>
  site.drain({ at, accountId, amountMinor, reserveTimeoutMs: 500 });

/** A new attempt, as after a contended one. */
async function beginAgain(one: Drain): Promise<void> {
  one.adopt((await beginAttempt(site.database(one.at), one.attempt.payOutId))!);
}

/** Brought again until replication shows them there. */
const deliverAll = (session: Caller, to: number): Promise<TransferDelivery> =>
  eventually(
    () => deliverTransfers(session, to, 10, 2_000),
    ({ unseen }) => unseen.length === 0,
  );

/** Money moved between two parts, from its debit to the sender's mark. */
async function move(accountId: bigint, from: number, to: number, minor: bigint): Promise<void> {
  const database = site.database(from);
  const session = await site.session(from);
  await site.ledger(from).rows(
    `/* plan */ insert into billing.transfers (node_id, to_node_id, account_id, amount_minor)
     values ($1, $2, $3, $4)`,
    [from, to, accountId, minor],
  );
  await beginTransfers(database, to, 10);
  const delivery = await deliverAll(session, to);
  expect(delivery).toMatchObject({ status: 'delivered', refused: [] });
  await markTransfersDelivered(database, delivery);
}

async function deposit(accountId: bigint, nodeId: number, minor: bigint): Promise<void> {
  await site
    .ledger(nodeId)
    .rows('/* deposit */ select public.deposit_balance($1, $2::bigint / 100.0, $3)', [
      accountId,
      minor,
      nodeId,
    ]);
}

const verdictOf = async (one: Drain): Promise<string> => (await one.decide()).verdict;
/** There is no time for another attempt. */
const lastVerdictOf = async (one: Drain): Promise<string> => (await one.decide(true)).verdict;

/** Everything that the answers of a drain say of one quantity. */
const said = (one: Drain, what: 'others_minor' | 'income_minor'): (string | undefined)[] =>
  one.answers.map((answer) => answer[what]);

describe('two pay-outs of 80 from 50 + 50', () => {
  test('rule "no counter moved": each finds the other\'s reservation, and no counter moves', async () => {
    const account = accounts.pop()!;
    const [one, two] = [drain(1, account, 8_000n), drain(2, account, 8_000n)];
    await one.begin();
    await two.begin();
    for (const each of [one, two]) await each.reserve();
    for (const each of [one, two]) await each.reserveAgain();
    for (const each of [one, two]) {
      expect(new Set(said(each, 'income_minor'))).toEqual(new Set(['5000']));
      expect(each.answers.every(({ left_minor }) => left_minor === '0')).toBe(true);
      expect(await verdictOf(each)).toBe('contended');
    }
    await two.tellAndMark();
    await one.tellAndMark();

    // The money is back: whoever comes first gets it, and the other hears a refusal that is true.
    await beginAgain(one);
    await one.reserve();
    expect(await verdictOf(one)).toBe('committed');
    await beginAgain(two);
    await two.reserve();
    await two.reserveAgain();
    // Node 2 has not been told: were all that it still holds to come back, it would not be enough.
    expect(said(two, 'others_minor')).toContain('3000');
    expect(await two.decide()).toMatchObject({
      verdict: 'insufficient_funds',
      availableMinor: 2_000n,
    });
  });
});

describe('money that moves while it is counted', () => {
  test('rule "no open reservation seen": each part is read just after the money has left it', async () => {
    const account = accounts.pop()!;
    await move(account, 1, 2, each);
    // 100 at node 2, 0 at node 1; 80 of it goes to and fro.
    const one = drain(1, account, 8_000n);
    await one.begin();
    await move(account, 2, 1, 8_000n);
    await one.ask(1, { 2: 8_000n });
    await move(account, 1, 2, 8_000n);
    await one.ask(2, { 1: 6_000n });
    await move(account, 2, 1, 8_000n);
    await one.ask(2, { 2: 6_000n });
    expect(new Set(said(one, 'others_minor'))).toEqual(new Set(['0']));
    expect(await verdictOf(one)).toBe('contended');
    await one.tellAndMark();
    await beginAgain(one);
    await one.reserve();
    expect(await verdictOf(one)).toBe('committed');
  });

  test('rule "own node not asked again": it came home behind the begin', async () => {
    const account = accounts.pop()!;
    const one = drain(1, account, 8_000n);
    await one.begin();
    await move(account, 2, 1, 4_000n);
    await one.reserve();
    await one.reserveAgain([2]);
    // Seen: 50 at home, 10 at node 2, nothing reserved by others, no counter of node 2 moved.
    expect(new Set(said(one, 'others_minor'))).toEqual(new Set(['0']));
    expect(await lastVerdictOf(one)).toBe('deadline_exceeded');
  });

  test('the own node asked again: what came home behind the begin pays', async () => {
    const account = accounts.pop()!;
    const one = drain(1, account, 8_000n);
    await one.begin();
    await move(account, 2, 1, 4_000n);
    await one.reserve();
    await one.reserveAgain();
    expect(await verdictOf(one)).toBe('committed');
    await one.tellAndMark();
    expect(await site.ownParts(account)).toEqual({ 1: 2_000n, 2: 0n });
  });

  test('what is in transit counts where it left until it is known to have arrived', async () => {
    const account = accounts.pop()!;
    await site.ledger(2).rows(
      `/* on its way */ insert into billing.transfers (node_id, to_node_id, account_id, amount_minor)
       values (2, 1, $1, 5000)`,
      [account],
    );
    await beginTransfers(site.database(2), 1, 10);
    const one = drain(1, account, 8_000n);
    await one.begin();
    await one.reserve();
    await one.reserveAgain();
    expect(await verdictOf(one)).toBe('contended');
    await one.tellAndMark();
    const delivery = await deliverAll(await site.session(2), 1);
    await markTransfersDelivered(site.database(2), delivery);
    await beginAgain(one);
    expect(await verdictOf(one)).toBe('committed');
  });
});

describe('money that is decided upon', () => {
  test('rule "what is decided is gone": the excess of a committed drain comes back', async () => {
    const account = accounts.pop()!;
    const first = drain(1, account, 6_000n);
    await first.begin();
    await first.reserve({ 2: each });
    expect(await verdictOf(first)).toBe('committed');

    // 40 of the 50 that node 2 holds for it are excess, and nobody has told node 2.
    const second = drain(2, account, 4_000n);
    await second.begin();
    await second.reserve();
    await second.reserveAgain();
    expect(await verdictOf(second)).toBe('contended');
    await first.tellAndMark();
    await beginAgain(second);
    expect(await verdictOf(second)).toBe('committed');
  });

  test('rule "what is decided is gone": all of an aborted drain comes back', async () => {
    const account = accounts.pop()!;
    const first = drain(1, account, 9_000n);
    await first.begin();
    await first.reserve();
    first.answers.length = 1;
    expect(await lastVerdictOf(first)).toBe('deadline_exceeded');
    const second = drain(1, account, 8_000n);
    await second.begin();
    await second.reserve();
    await second.reserveAgain();
    expect(await verdictOf(second)).toBe('contended');
    await first.tellAndMark();
    await second.tellAndMark();
    await beginAgain(second);
    await second.reserve();
    expect(await verdictOf(second)).toBe('committed');
  });
});

describe('a refusal', () => {
  test('is true of a moment between its two rounds, whatever comes after it', async () => {
    const account = accounts.pop()!;
    const one = drain(1, account, 12_000n);
    await one.begin();
    await one.reserve();
    await one.reserveAgain();
    await deposit(account, 2, 2_000n);
    expect(await one.decide()).toMatchObject({
      verdict: 'insufficient_funds',
      availableMinor: 10_000n,
    });
    await one.tellAndMark();
    await one.begin();
    await one.reserve();
    expect(await verdictOf(one)).toBe('committed');
  });

  test('is not said when income between the rounds makes up for what was missing', async () => {
    const account = accounts.pop()!;
    const one = drain(1, account, 12_000n);
    await one.begin();
    await one.reserve();
    await deposit(account, 1, 1_000n);
    await deposit(account, 2, 1_000n);
    await one.reserveAgain();
    expect(await verdictOf(one)).toBe('committed');
  });

  test('is never said on the word of a replica', async () => {
    const account = accounts.pop()!;
    const subscription = 'subscription_from_node2_to_node1';
    await site
      .ledger(1)
      .rows(`select pglogical.alter_subscription_disable('${subscription}', true)`);
    await deposit(account, 2, 9_000n);
    const one = drain(1, account, 18_000n);
    await one.begin();
    await one.reserve();
    expect(await verdictOf(one)).toBe('committed');
    await site
      .ledger(1)
      .rows(`select pglogical.alter_subscription_enable('${subscription}', true)`);
  });

  test('is not said when one first answer was lost, though the second came', async () => {
    const account = accounts.pop()!;
    const one = drain(1, account, 12_000n);
    await one.begin();
    const { sprung } = site.links.link(1, 2).setTrap({
      matching: 'billing.reserve',
      failure: 'freeze',
      at: 'answer',
    });
    expect(await one.reserve()).toMatchObject([{ node_id: 2, status: 'unknown' }]);
    await sprung;
    site.links.link(1, 2).reset();
    await site.links.restore();
    expect(await probeNode(await site.session(1), 2, 2_000)).toBe(true);
    // It did commit over there: the second answer says so, and is not taken for more than it is.
    expect((await one.reserveAgain([2]))[0]).toMatchObject({
      reserved_minor: '0',
      own_minor: '5000',
    });
    await one.reserveAgain([1]);
    expect(await lastVerdictOf(one)).toBe('contended');
  });

  test('names the node that did not answer, and what is stranded there', async () => {
    const account = accounts.pop()!;
    await site.links.link(1, 2).cut();
    const one = drain(1, account, 8_000n);
    await one.begin();
    await one.reserve();
    await one.reserveAgain();
    expect(await one.decide()).toMatchObject({
      verdict: 'insufficient_reachable_funds',
      availableMinor: 5_000n,
      strandedMinor: 5_000n,
      unreachableNodes: [2],
    });
  });
});
