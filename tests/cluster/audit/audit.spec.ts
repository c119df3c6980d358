import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { eventually, violationsOf } from '@billing/testing';
import { AuditSite } from './audit-site.js';

jest.setTimeout(180_000);

const loadMs = 20_000;
const cutMs = 8_000;
const accountCount = 12;
const callers = 6;

let site: AuditSite;
let accounts: string[];

// Default settings but for the thorough passes, which come often enough to meet what happens here.
beforeAll(async () => {
  site = await AuditSite.start({ COORDINATOR_AUDIT_THOROUGH_PASS_MS: '500' });
  const parts = Array.from({ length: accountCount }, () => ({ 1: 20_000n, 2: 20_000n }));
  accounts = (await site.base.accounts(parts, 'audited')).map(String);
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

interface Load {
  paid: number;
  payIns: number;
  opened: number;
}

const isDone = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** Pay-ins, pay-outs that drain, and accounts whose shares travel, at both nodes, until the time is over. */
async function work(durationMs: number): Promise<Load> {
  const end = performance.now() + durationMs;
  const load: Load = { paid: 0, payIns: 0, opened: 0 };
  const until = async (act: () => Promise<void>): Promise<void> => {
    while (performance.now() < end) await act();
  };
  const payer = (index: number): Promise<void> =>
    until(async () => {
      const account = accounts[Math.floor(Math.random() * accounts.length)]!;
      // Often more than one node has.
      const amount = (Math.random() * 120 + 1).toFixed(2);
      if (await site.pay((index % 2) + 1, account, amount)) load.paid += 1;
    });
  const payIns = (nodeId: number): Promise<void> =>
    until(async () => {
      // A node may be killed meanwhile, and opening or crediting there fails.
      if (await isDone(site.payIn(nodeId, accounts, '9.00'))) load.payIns += accounts.length;
      await sleep(100);
    });
  const opener = (nodeId: number): Promise<void> =>
    until(async () => {
      const request = { username: 'opened', initialBalance: '30', idempotencyKey: randomUUID() };
      if (await isDone(site.client(nodeId).openAccount(request))) load.opened += 1;
      await sleep(50);
    });
  await Promise.all([
    ...Array.from({ length: callers }, (_, index) => payer(index)),
    ...[1, 2].flatMap((nodeId) => [payIns(nodeId), opener(nodeId)]),
  ]);
  return load;
}

/** One look after another by an operator, while it lasts. @returns faults of all of them, and how many looks */
async function lookWhile(work: Promise<unknown>): Promise<{ faults: string[]; looks: number }> {
  let isOver = false;
  void work.finally(() => (isOver = true)).catch(() => undefined);
  const seen: string[] = [];
  let looks = 0;
  while (!isOver) {
    seen.push(...(await site.verify()).faults);
    looks += 1;
    await sleep(500);
  }
  return { faults: seen, looks };
}

test('a healthy system under load has no faults, during and after', async () => {
  const working = work(loadMs);
  const { faults, looks } = await lookWhile(working);
  const load = await working;
  expect(faults).toEqual([]);
  expect(load.paid).toBeGreaterThan(100);
  expect(load.payIns).toBeGreaterThan(500);
  expect(load.opened).toBeGreaterThan(50);
  expect(looks).toBeGreaterThan(1);
  await site.base.untilClean();
  expect(await site.verify()).toEqual({ faults: [], notMade: [] });
  const passes = await site.base
    .ledger(1)
    .value<bigint>(
      "/* passes */ select count(*) from billing.audit_runs where completed_at > now() - interval '15 seconds'",
    );
  expect(passes).toBeGreaterThan(5n);
  // Neither open nor resolved: there never was one.
  expect(await site.published(true)).toEqual([]);
});

test('a link that is cut under load, and the delay after it, is no fault', async () => {
  const working = work(cutMs + 4_000);
  const looking = lookWhile(working);
  await sleep(1_000);
  for (const link of site.base.links.linksOf(2)) link.freeze();
  await sleep(cutMs);
  await site.base.links.restore();
  await working;
  expect((await looking).faults).toEqual([]);
  await site.base.untilClean();
  expect(await violationsOf(site.base.ledgers)).toEqual([]);
  await eventually(
    () => site.verify(),
    ({ notMade }) => notMade.length === 0,
  );
  expect((await site.verify()).faults).toEqual([]);
  expect(await site.published(true)).toEqual([]);
});

test('a node that is killed under load, and its return, is no fault', async () => {
  const { cluster } = site.base;
  const working = work(cutMs + 4_000);
  await sleep(2_000);
  await Promise.all([cluster.killMember('postgres', 2), cluster.killMember('coordinator', 1)]);
  await cluster.startMember('coordinator', 1);
  await sleep(2_000);
  await cluster.startMember('postgres', 2);
  const { faults } = await lookWhile(working);
  expect(faults).toEqual([]);
  await site.base.untilClean();
  expect((await site.verify()).faults).toEqual([]);
  expect(await site.published(true)).toEqual([]);
});

test('an edited balance is named within a minute by the auditor, and by verify at once', async () => {
  const [account] = accounts as [string];
  // By somebody with psql, who does not know of replication: it is sent like any other change.
  const edit = (by: bigint): Promise<unknown> =>
    site.base.ledger(2).rows(
      `/* edit */ update billing.account_balances set balance_minor = balance_minor + $1
        where account_id = $2 and node_id = 2`,
      [by, account],
    );
  await edit(12_345n);
  const editedAt = performance.now();
  const verified = await site.billing('verify');
  expect(verified.exitCode).toBe(1);
  expect(verified.out).toMatch(/^node +check +account +expected +found +difference +what\n/);
  expect(verified.out).toMatch(new RegExp(`\ndc2 +balance +${account} +\\d+ +\\d+ +12345 `));
  expect(verified.out).toMatch(/\n\d+ checks, \d+ accounts, 2 faults$/);
  expect((await site.verify('--account', account, '--node', 'dc2')).faults).toEqual([
    `dc2 balance ${account} +12345`,
  ]);
  expect((await site.verify('--account', accounts[1]!)).faults).toEqual([]);

  await eventually(
    () => site.published(),
    (open) => open.join() === `dc2 balance ${account} +12345`,
    60_000,
  );
  expect(performance.now() - editedAt).toBeLessThan(60_000);
  const listed = await site.billing('audit');
  expect(listed.exitCode).toBe(1);
  expect(listed.out).toMatch(new RegExp(`\ndc2 +dc2 +balance +${account} +12345 `));
  const log = readFileSync(site.base.cluster.memberLogFile('coordinator', 2), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes('audit: balance and sum of'));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    check: 'balance',
    node: 2,
    account,
    differenceMinor: '12345',
  });

  await edit(-12_345n);
  await eventually(
    () => site.published(),
    (open) => open.length === 0,
    60_000,
  );
  expect(await site.published(true)).toEqual([`dc2 balance ${account} +12345`]);
  expect(await site.billing('audit', '--all')).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/\n1 faults$/),
  });
  expect(await site.billing('verify')).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/^\d+ checks, \d+ accounts, 0 faults$/),
  });
});

test('what cannot be checked because a node is away is said', async () => {
  await site.base.cluster.stopMember('coordinator', 2);
  await site.base.cluster.stopMember('postgres', 2);
  const { exitCode, err, out } = await site.billing('verify');
  expect(exitCode).toBe(3);
  expect(err).toMatch(/dc2: its PostgreSQL does not answer/);
  expect(err).toMatch(
    /not checked at dc1: copies of parts of node 2: the other node does not answer/,
  );
  expect(err).toMatch(/not checked at all nodes: money: it takes an answer of every node/);
  expect(out).toMatch(/checks, \d+ accounts, 0 faults$/);
  expect((await site.billing('audit')).exitCode).toBe(3);
});
