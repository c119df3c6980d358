import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  askDecisions,
  closeByReplicas,
  closeReservations,
  reserve,
  type ReserveAnswer,
} from '@billing/database';
import { eventually, invariants, violationsOf } from '@billing/testing';
import type { Drain } from './drain.js';
import { DrainSite } from './drain-site.js';

// What undoes a step: a release before its reserve, a deadline, a question, a key that comes again. And what must not be undone: what is settled, and what only the coordinator may end.
let site: DrainSite;
let accounts: bigint[];

const each = 5_000n;
const home = 1;

beforeAll(async () => {
  site = await DrainSite.start();
  accounts = await site.accounts(Array.from({ length: 40 }, () => ({ 1: each, 2: each, 3: each })));
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

afterEach(() => site.untilClean(), 30_000);

/** A pay-out at node 1 from an account with 50.00 at each of three nodes. */
function drainOf(amountMinor: bigint, deadlineMs?: number): Drain {
  const accountId = accounts.pop()!;
  return site.drain({ at: home, accountId, amountMinor, ...(deadlineMs && { deadlineMs }) });
}

const covered = 12_000n;
const tooMuch = 16_000n;
const untouched = { 1: each, 2: each, 3: each };
const paid = { 1: 0n, 2: 1_500n, 3: 1_500n };

async function expectExact(): Promise<void> {
  expect(await violationsOf(site.ledgers, invariants)).toEqual([]);
}

const begun = (drain: Drain) => drain.begin();
const reserved = async (drain: Drain) => [await begun(drain), await drain.reserve()];
const decided = async (drain: Drain) => [await reserved(drain), await drain.decide()];
const refused = async (drain: Drain) => [
  await reserved(drain),
  await drain.reserveAgain(),
  await drain.decide(),
];

/** The reserve of a drain as it comes to a donor, whenever it comes. */
async function arrive(drain: Drain, nodeId: number, round = 1): Promise<ReserveAnswer> {
  const [answer] = await reserve(site.database(nodeId), [drain.toReserve(nodeId, round, 3_500n)]);
  return answer!;
}

/** What the coordinator's node says to a donor that asks; the donor has done nothing yet. */
async function ask(donor: number) {
  return askDecisions(await site.session(donor), home, 100, 2_000);
}

/** What a decision takes from a node, by round. */
const decisionOf = (drain: Drain, minor: number[]) => [
  {
    attempt_id: drain.attempt.attemptId,
    account_id: drain.request.accountId.toString(),
    coordinator_node_id: home,
    taken_rounds: minor.map((_, index) => index + 1),
    taken_minor: minor,
  },
];

describe('a release that comes before its reserve', () => {
  test('leaves a tombstone: the reserve is refused, however often it comes', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    drain.askedNodes.add(2);
    await drain.decide(true);
    await drain.tell(2);
    await drain.tell(2);
    for (const round of [1, 1, 2]) {
      expect(await arrive(drain, 2, round)).toMatchObject({
        status: 'closed',
        reserved_minor: '0',
        own_minor: '0',
        left_minor: '5000',
      });
    }
    await expectExact();
    await site.untilClean();
    expect(await site.ownParts(drain.request.accountId)).toEqual(untouched);
  });

  test('after a committed decision that did not count on it, too', async () => {
    const drain = drainOf(8_000n);
    await drain.begin();
    await drain.reserve({ 2: 3_000n });
    drain.askedNodes.add(3);
    expect(await drain.decide()).toMatchObject({ verdict: 'committed' });
    await drain.tellAndMark();
    expect(await arrive(drain, 3)).toMatchObject({ status: 'closed', reserved_minor: '0' });
    expect(await site.ownParts(drain.request.accountId)).toEqual({ 1: 0n, 2: 2_000n, 3: each });
  });

  test('at the same moment: one of the two finds the other', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const drain = drainOf(covered);
      await drain.begin();
      drain.askedNodes.add(2);
      await drain.decide(true);
      await Promise.all([arrive(drain, 2), drain.tell(2)]);
      await drain.tellAndMark();
      expect((await site.ownParts(drain.request.accountId))[2]).toBe(each);
    }
  });
});

describe('a second round at home', () => {
  test('that comes after the decision is refused', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    await drain.decide(true);
    expect(await arrive(drain, home, 2)).toMatchObject({ status: 'closed', reserved_minor: '0' });
    expect((await site.ownParts(drain.request.accountId))[home]).toBe(each);
  });
});

describe('what is closed', () => {
  const close = (drain: Drain, minor: number[]): Promise<string[]> =>
    closeReservations(site.database(2), decisionOf(drain, minor));

  test('as settled cannot be released, nor as released be settled', async () => {
    const [settled, released] = [drainOf(covered), drainOf(tooMuch)];
    await decided(settled);
    await refused(released);
    await settled.tellAndMark();
    await released.tellAndMark();
    const before = await site.ownParts(settled.request.accountId);
    expect(await close(settled, [])).toEqual([settled.attempt.attemptId]);
    expect(await close(settled, [3_499])).toEqual([settled.attempt.attemptId]);
    expect(await close(settled, [3_500])).toEqual([]);
    expect(await close(released, [3_500])).toEqual([released.attempt.attemptId]);
    expect(await close(released, [])).toEqual([]);
    expect(await site.ownParts(settled.request.accountId)).toEqual(before);
    expect(await site.ownParts(released.request.accountId)).toEqual(untouched);
  });

  test('never gives more than it holds', async () => {
    const drain = drainOf(covered);
    await reserved(drain);
    expect(await close(drain, [3_501])).toEqual([drain.attempt.attemptId]);
    expect(await close(drain, [3_500, 1])).toEqual([drain.attempt.attemptId]);
    await expectExact();
    expect(await drain.decide()).toMatchObject({ verdict: 'committed' });
  });
});

describe('a decision that takes what was never held', () => {
  test('is refused, before and after a tombstone', async () => {
    const drain = drainOf(covered);
    await drain.begin();
    const close = (minor: number[]): Promise<string[]> =>
      closeReservations(site.database(2), decisionOf(drain, minor));
    const { attemptId } = drain.attempt;
    expect(await close([3_500])).toEqual([attemptId]);
    expect([await close([]), await close([])]).toEqual([[], []]);
    expect(await close([3_500])).toEqual([attemptId]);
    await drain.decide(true);
  });
});

describe('a donor that asks', () => {
  const answerTo = (attemptId: string): Promise<unknown> =>
    site
      .ledger(home)
      .value('/* asked */ select billing.drain_decisions_of(array[$1::uuid], 2)', [attemptId]);

  test('too early, by a clock that is ahead: the attempt goes on', async () => {
    const drain = drainOf(covered);
    await reserved(drain);
    const { attemptId } = drain.attempt;
    const goesOn = { decided: [], pending: [attemptId], unknown: [] };
    expect([await answerTo(attemptId), await answerTo(attemptId)]).toEqual([goesOn, goesOn]);
    expect(await drain.decide()).toMatchObject({ verdict: 'committed' });
    expect(await answerTo(attemptId)).toMatchObject({
      decided: [{ attempt_id: attemptId, taken_rounds: [1], taken_minor: [3_500] }],
    });
  });
});

describe('a deadline', () => {
  test('refuses a reserve that comes after it', async () => {
    const drain = drainOf(covered, 300);
    await drain.begin();
    await sleep(350);
    expect(await drain.reserve()).toMatchObject([{ status: 'late' }, { status: 'late' }]);
    expect(await drain.decide(true)).toMatchObject({ verdict: 'deadline_exceeded' });
  });

  test('ends no reservation by itself: the coordinator is asked, and aborts what is pending', async () => {
    const drain = drainOf(covered, 500);
    await reserved(drain);
    // Before it nobody is asked.
    expect(await ask(2)).toMatchObject({ status: 'nothing' });
    await sleep(1_600);
    expect((await site.ownParts(drain.request.accountId))[2]).toBe(1_500n);
    const { status, decided: word } = await ask(2);
    expect([status, await drain.outcome()]).toEqual(['answered', 'rejected deadline_exceeded']);
    for (let time = 0; time < 2; time += 1) {
      expect(await closeReservations(site.database(2), word)).toEqual([]);
      expect((await site.ownParts(drain.request.accountId))[2]).toBe(each);
      await expectExact();
    }
    // Whoever ran it comes too late.
    expect(await drain.decide()).toMatchObject({ verdict: 'deadline_exceeded' });
  });

  test('of a drain that its coordinator has decided: the donor hears the word and settles', async () => {
    const drain = drainOf(covered, 500);
    await decided(drain);
    await sleep(1_600);
    const { decided: word } = await ask(2);
    expect(await closeReservations(site.database(2), word)).toEqual([]);
    expect((await site.ownParts(drain.request.accountId))[2]).toBe(1_500n);
  });

  test('of a drain that its coordinator does not know: kept until that node has its rows back', async () => {
    const drain = drainOf(covered, 200);
    await drain.begin();
    // As after a restore of node 1 from a backup that is older than the drain.
    const attemptId = randomUUID();
    const request = { ...drain.toReserve(2, 1, 3_500n), attemptId };
    expect(await reserve(site.database(2), [request])).toMatchObject([{ status: 'reserved' }]);
    await sleep(1_300);
    for (let time = 0; time < 2; time += 1) {
      expect(await ask(2)).toMatchObject({
        status: 'answered',
        decided: undefined,
        unknown: [attemptId],
      });
      await site.recover();
      expect((await site.ownParts(drain.request.accountId))[2]).toBe(1_500n);
    }
    await expectExact();
    await site.ledger(home).rows(
      `/* rows are back */ insert into billing.drain_decisions (attempt_id, node_id, account_id, decision)
       values ($1, 1, $2, 'aborted')`,
      [attemptId, drain.request.accountId],
    );
    await site.untilClean();
    expect(await site.ownParts(drain.request.accountId)).toEqual(untouched);
  });
});

describe('a decision that replication brings', () => {
  test('is carried out though its node tells nothing', async () => {
    const drain = drainOf(covered);
    await decided(drain);
    await eventually(
      () => closeByReplicas(site.database(3), 100),
      (closed) => closed === 1,
    );
    expect(await closeByReplicas(site.database(3), 100)).toBe(0);
    await expectExact();
  });
});

describe('an account that is deleted meanwhile', () => {
  test('lets what is set aside end, and gives no more', async () => {
    const [early, late] = [drainOf(covered), drainOf(covered)];
    await decided(early);
    await late.begin();
    for (const { request } of [early, late]) {
      const { accountId } = request;
      await site
        .ledger(1)
        .rows('/* delete */ select billing.delete_home_account($1, $$spec$$, null, null)', [
          accountId,
        ]);
      await eventually(
        () =>
          site
            .ledger(2)
            .value<boolean>('select is_deleted from billing.accounts where id = $1', [accountId]),
        (deleted) => deleted,
      );
    }
    await early.tellAndMark();
    expect((await late.reserve())[0]).toMatchObject({
      status: 'account_deleted',
      reserved_minor: '0',
    });
    expect(await late.decide()).toMatchObject({ verdict: 'account_deleted' });
    await site.untilClean();
    expect(await site.ownParts(early.request.accountId)).toEqual(paid);
    expect(await site.ownParts(late.request.accountId)).toEqual(untouched);
  });
});

describe('a key that comes again', () => {
  test('two seconds past the deadline of a drain that nobody looks after: it is begun anew', async () => {
    const drain = drainOf(covered, 200);
    await reserved(drain);
    const { attemptId, payOutId } = drain.attempt;
    await sleep(300);
    expect(await drain.begin()).toMatchObject({ status: 'in_progress', payOutId });
    await sleep(2_000);
    expect(await drain.begin()).toMatchObject({ status: 'begun', payOutId });
    expect(drain.attempt.attemptId).not.toBe(attemptId);
    await drain.reserve();
    await drain.reserveAgain();
    await expectExact();
    await drain.decide(true);
  });
});
