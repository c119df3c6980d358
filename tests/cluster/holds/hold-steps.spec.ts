import { setTimeout as sleep } from 'node:timers/promises';
import {
  askHoldParts,
  Database,
  recordHoldAnswers,
  type HoldOperationAnswer,
} from '@billing/database';
import { eventually, invariants, violationsOf } from '@billing/testing';
import { DrainSite } from '../drains/drain-site.js';
import { StepFailures, type Moment } from '../drains/step-failures.js';
import { Hold } from './hold.js';

// Each step of a hold on three nodes: repeated; failed at every table that it writes, before and at its commit; unheard.
// What must always hold is checked after each, and in the end nothing is in doubt.
let site: DrainSite;
let stepFailures: StepFailures;
let accounts: bigint[];

const [home, each] = [1, 5_000n];
/** 5,000 at home, 3,500 at each of the others. */
const amountMinor = 12_000n;

beforeAll(async () => {
  site = await DrainSite.start();
  stepFailures = await StepFailures.install(site.ledgers);
  accounts = await site.accounts(Array.from({ length: 60 }, () => ({ 1: each, 2: each, 3: each })));
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

afterEach(async () => {
  await stepFailures.disarm();
  await site.links.restore();
  await site.untilClean();
}, 30_000);

function holdOf(minor = amountMinor, heldForMs?: number): Hold {
  const accountId = accounts.pop()!;
  return new Hold(site, {
    at: home,
    accountId,
    amountMinor: minor,
    ...(heldForMs !== undefined && { heldForMs }),
  });
}

/** No money is lost or doubled at any moment between two steps. */
async function expectExact(): Promise<void> {
  expect(await violationsOf(site.ledgers, invariants)).toEqual([]);
}

const partsOf = (hold: Hold): Promise<(string | undefined)[]> =>
  Promise.all(site.nodeIds.map((nodeId) => hold.partAt(nodeId)));

/** By node: what was got, `?` unknown, `over`. */
const gotOf = ({ asks }: HoldOperationAnswer): string[] =>
  asks.map(({ nodeId, isAnswered, isOver, gotMinor }) =>
    isAnswered ? `${nodeId} ${gotMinor}${isOver ? ' over' : ''}` : `${nodeId} ?`,
  );

describe('a hold', () => {
  test('that home covers is held there, captured and given back there', async () => {
    const hold = holdOf(4_000n);
    expect(await hold.begin()).toMatchObject({ status: 'committed' });
    await expectExact();
    expect(await hold.begin()).toMatchObject({
      status: 'replayed',
      hold: { holdId: hold.holdId, state: 'open' },
    });
    expect(gotOf(await hold.operate('capture', { amountMinor: 1_500n }))).toEqual(['1 1500']);
    await expectExact();
    expect(await hold.operate('capture', { amountMinor: 2_501n })).toMatchObject({
      status: 'hold_exceeded',
      leftMinor: 2_500n,
    });
    expect(gotOf(await hold.operate('void'))).toEqual(['1 2500 over']);
    expect(await hold.partAt(home)).toBe('voided 4000 - 1500 - 2500');
    expect(await site.ownParts(hold.request.accountId)).toEqual({ 1: 3_500n, 2: each, 3: each });
  });

  test('is authorised by a drain: what is taken is held at each that gave, the excess goes back', async () => {
    const hold = holdOf();
    await hold.begin();
    await hold.drain.reserve({ 2: 4_000n, 3: 4_000n });
    expect(await hold.drain.decide()).toMatchObject({ verdict: 'committed' });
    await expectExact();
    expect(await partsOf(hold)).toEqual(['held 5000 - 0 - 0', undefined, undefined]);
    await hold.drain.tellAndMark();
    await expectExact();
    expect(await partsOf(hold)).toEqual([
      'held 5000 - 0 - 0',
      'held 4000 - 0 - 0',
      'held 3000 - 0 - 0',
    ]);
    expect(await site.ownParts(hold.request.accountId)).toEqual({ 1: 0n, 2: 1_000n, 3: 2_000n });
  });

  test('of more than there is holds nothing', async () => {
    const hold = holdOf(16_000n);
    await hold.begin();
    await hold.drain.reserve();
    await hold.drain.reserveAgain();
    expect(await hold.drain.decide()).toMatchObject({ verdict: 'insufficient_funds' });
    await site.untilClean();
    expect(await partsOf(hold)).toEqual([undefined, undefined, undefined]);
    expect(await site.ownParts(hold.request.accountId)).toEqual({ 1: each, 2: each, 3: each });
    expect(await hold.operate('void')).toMatchObject({ status: 'not_found' });
  });

  test('has a pay-out of more than the rest refused as insufficient, not contended', async () => {
    const hold = await holdOf().open();
    const drain = site.drain({ at: 2, accountId: hold.request.accountId, amountMinor: 4_000n });
    await drain.begin();
    await drain.reserve();
    await drain.reserveAgain();
    expect(await drain.decide()).toMatchObject({
      verdict: 'insufficient_funds',
      availableMinor: 3_000n,
    });
    await drain.tellAndMark();
  });
});

describe('a capture', () => {
  test('takes from home first, then from the others; a repeat changes nothing', async () => {
    const hold = await holdOf().open();
    const request = { key: 'capture of parts', amountMinor: 9_000n };
    const first = await hold.run('capture', request);
    expect(gotOf(first)).toEqual(['1 5000', '2 3500', '3 500']);
    await expectExact();
    expect(await hold.run('capture', request)).toEqual({
      ...first,
      status: 'repeated',
      // One of its own, which comes behind (docs/positions.md).
      position: expect.anything() as unknown,
    });
    expect(await partsOf(hold)).toEqual([
      'captured 5000 - 5000 - 0',
      'captured 3500 - 3500 - 0',
      'held 3500 - 500 - 0',
    ]);
    await expectExact();
  });

  test('that is there before the decision brings it along', async () => {
    const hold = holdOf();
    await hold.decide();
    expect(gotOf(await hold.run('capture', { amountMinor: 8_000n }))).toEqual(['1 5000', '2 3000']);
    expect(await hold.partAt(2)).toBe('held 3500 - 3000 - 0');
    await expectExact();
    await hold.drain.tellAndMark();
    expect(await hold.partAt(2)).toBe('held 3500 - 3000 - 0');
  });

  test('that is not answered is unknown, neither captured again nor voided, and told when it is', async () => {
    const hold = await holdOf().open();
    const trap = site.links
      .link(1, 2)
      .setTrap({ matching: 'hear_hold_asks', failure: 'freeze', at: 'answer' });
    const unheard = await hold.run('capture', { amountMinor: 8_000n });
    await trap.sprung;
    expect(gotOf(unheard)).toEqual(['1 5000', '2 ?']);
    expect(unheard.leftMinor).toBe(4_000n);
    // It did commit over there.
    expect(await hold.partAt(2)).toBe('held 3500 - 3000 - 0');
    expect(await hold.operate('capture', { amountMinor: 4_001n })).toMatchObject({
      status: 'hold_exceeded',
    });
    const voided = await hold.operate('void');
    expect(voided.hold?.parts[1]).toMatchObject({ unknownMinor: 3_000n, returningMinor: 500n });
    site.links.link(1, 2).reset();
    await site.links.restore();
    await site.untilClean();
    const { hold: known } = await hold.record(unheard, undefined);
    expect(known?.parts[1]).toMatchObject({
      capturedMinor: 3_000n,
      unknownMinor: 0n,
      returnedMinor: 500n,
    });
    expect(await partsOf(hold)).toEqual([
      'captured 5000 - 5000 - 0',
      'voided 3500 - 3000 - 500',
      'voided 3500 - 0 - 3500',
    ]);
  });

  test('that meets a locked row is failed, and keeps no other waiting', async () => {
    const [locked, free] = [await holdOf().open(), await holdOf().open()];
    const begun = [locked, free].map((hold) => hold.operate('capture', { amountMinor: 8_000n }));
    const [lockedCapture, freeCapture] = await Promise.all(begun);
    const superuser = new Database({
      url: site.cluster.databaseUrl(2),
      password: site.cluster.secrets.password(site.cluster.topology.superuser),
      poolMax: 1,
      applicationName: 'spec',
    });
    const holder = await superuser.connect('lock');
    try {
      await holder.query('begin', 'begin');
      await holder.query(
        'lock',
        'select from billing.account_balances where account_id = $1 and node_id = 2 for update',
        [locked.request.accountId],
      );
      const session = await site.session(home);
      // Both in one call, as the holder of home asks.
      const answers = await askHoldParts(session, [2], undefined, 10, 2_000);
      expect(await recordHoldAnswers(site.database(home), answers)).toMatchObject({
        recorded: 1,
        refused: [],
        failed: [{ nodeId: 2, operationId: lockedCapture!.operationId, code: '55P03' }],
      });
    } finally {
      holder.release(true);
      await superuser.close();
    }
    expect(gotOf(await free.record(freeCapture!, undefined))).toEqual(['1 5000', '2 3000']);
    expect(gotOf(await locked.record(lockedCapture!, undefined))).toEqual(['1 5000', '2 ?']);
  });

  test('of a part whose time is over there gets nothing of it, and says so', async () => {
    const hold = await holdOf().open();
    await site
      .ledger(3)
      .rows('/* clock */ update billing.hold_parts set ends_at = now() where hold_id = $1', [
        hold.holdId,
      ]);
    // The row says whether it is over, not the clock.
    expect(gotOf(await hold.run('capture', { amountMinor: 9_000n }))).toEqual([
      '1 5000',
      '2 3500',
      '3 500',
    ]);
    await site.recover();
    expect(await hold.partAt(3)).toBe('expired 3500 - 500 - 3000');
    const over = await hold.run('capture', { amountMinor: 2_000n });
    expect(gotOf(over)).toEqual(['3 0 over']);
    expect(over.hold?.parts[2]).toMatchObject({ capturedMinor: 500n, returnedMinor: 3_000n });
    expect(over.leftMinor).toBe(0n);
  });
});

describe('a void', () => {
  test('gives back what is left everywhere, as income; a repeat changes nothing', async () => {
    const hold = await holdOf().open();
    await hold.run('capture', { amountMinor: 6_000n });
    const request = { key: 'void of parts' };
    const first = await hold.run('void', request);
    expect(gotOf(first)).toEqual(['2 2500 over', '3 3500 over']);
    await expectExact();
    expect(await hold.run('void', request)).toEqual({
      ...first,
      status: 'repeated',
      // One of its own, which comes behind (docs/positions.md).
      position: expect.anything() as unknown,
    });
    expect(gotOf(await hold.run('void'))).toEqual(gotOf(first));
    expect(await site.ownParts(hold.request.accountId)).toEqual({ 1: 0n, 2: 4_000n, 3: each });
  });

  test('that is there before a capture brings that along', async () => {
    const hold = await holdOf().open();
    const capture = await hold.operate('capture', { amountMinor: 7_000n });
    const voided = await hold.operate('void');
    const answers = await hold.ask(voided);
    expect(await hold.partAt(2)).toBe('voided 3500 - 2000 - 1500');
    // The capture arrives late: it hears the same.
    expect(gotOf(await hold.record(capture, await hold.ask(capture)))).toEqual([
      '1 5000',
      '2 2000',
    ]);
    expect(gotOf(await hold.record(voided, answers))).toEqual(['2 1500 over', '3 3500 over']);
  });
});

describe('time', () => {
  test('ends each part at its node, whether home is there or not', async () => {
    const hold = await holdOf(amountMinor, 1_000).open();
    for (const link of site.links.linksOf(home)) await link.cut();
    await sleep(1_100);
    const isBack = async (): Promise<(string | undefined)[]> => {
      await site.recover().catch(() => undefined);
      return partsOf(hold);
    };
    await eventually(isBack, (parts) => parts.every((part) => part?.startsWith('expired')), 5_000);
    await expectExact();
    expect(await hold.operate('capture', { amountMinor: 1n })).toMatchObject({
      status: 'hold_over',
    });
    expect(await site.ownParts(hold.request.accountId)).toEqual({ 1: each, 2: each, 3: each });
  });

  test('is extended at each node, later or not at all', async () => {
    const hold = await holdOf(amountMinor, 1_500).open();
    await site.links.link(1, 3).cut();
    const extended = await hold.run('extension', { heldForMs: 60_000 });
    const inMs = extended.asks.map(({ heldUntil }) =>
      heldUntil === undefined ? 'unknown' : heldUntil.getTime() - Date.now() > 50_000,
    );
    expect(inMs).toEqual([true, true, 'unknown']);
    await sleep(1_600);
    await site.recover().catch(() => undefined);
    // Where it was not heard, the end of before counts.
    expect(await partsOf(hold)).toEqual([
      'held 5000 - 0 - 0',
      'held 3500 - 0 - 0',
      'expired 3500 - 0 - 3500',
    ]);
    await site.links.restore();
    await site.untilClean();
    expect(gotOf(await hold.record(extended, undefined))).toEqual(['1 0', '2 0', '3 0 over']);
  });
});

interface Step {
  readonly name: string;
  readonly at: number;
  readonly writes: readonly string[];
  readonly prepare: (hold: Hold) => Promise<unknown>;
  readonly run: (hold: Hold) => Promise<unknown>;
}

const capture = { key: 'a capture that fails', amountMinor: 8_000n };
const steps: Step[] = [
  {
    name: 'authorise, decided',
    at: home,
    writes: ['pay_outs', 'drain_decisions', 'holds', 'hold_parts', 'account_balances'],
    prepare: async (hold) => [await hold.begin(), await hold.drain.reserve()],
    run: (hold) => hold.drain.decide(),
  },
  {
    name: 'the decision at a donor',
    at: 2,
    writes: ['reservations', 'hold_parts', 'account_balances'],
    prepare: (hold) => hold.decide(),
    run: (hold) => hold.drain.tell(2),
  },
  {
    name: 'begin of a capture',
    at: home,
    writes: ['hold_operations', 'hold_asks', 'hold_captures', 'hold_parts', 'account_balances'],
    prepare: (hold) => hold.open(),
    run: (hold) => hold.operate('capture', { ...capture, key: hold.key.replace('-', '+') }),
  },
  {
    name: 'begin of a void',
    at: home,
    writes: ['hold_operations', 'hold_asks', 'holds', 'transaction_log', 'hold_parts'],
    prepare: (hold) => hold.open(),
    run: (hold) => hold.operate('void', { key: hold.key.replace('-', '+') }),
  },
];

describe.each(steps)('a step that fails: $name', ({ at, writes, prepare, run }) => {
  const moments: [string, Moment][] = writes.flatMap((table): [string, Moment][] => [
    [table, 'statement'],
    [table, 'commit'],
  ]);
  test.each(moments)(
    'at %s, %s: nothing has happened, and it can be repeated',
    async (...armed) => {
      const hold = holdOf();
      await prepare(hold);
      const before = await partsOf(hold);
      await stepFailures.arm(at, ...armed);
      await expect(run(hold)).rejects.toThrow();
      await stepFailures.disarm();
      expect(await partsOf(hold)).toEqual(before);
      await expectExact();
      await run(hold);
      await expectExact();
    },
  );
});
