// One datacenter whose worker, or what it works with, is killed, frozen or stopped while it works.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '@billing/cluster';
import { eventually, type Ledger } from '@billing/testing';
import { command, type Command, type Upstream } from './upstream.js';
import { WorkerSite } from './worker-site.js';

let site: WorkerSite;
let cluster: Cluster;
let ledger: Ledger;
let upstream: Upstream;

beforeAll(async () => {
  site = await WorkerSite.start();
  ({ cluster, ledger, upstream } = site);
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

/** Beside the cluster's own. */
const startWorker = (): ChildProcess =>
  spawn(process.execPath, ['apps/ledger-worker/dist/main.js'], {
    env: { ...process.env, ...cluster.appEnvironment('ledger-worker', 1), MANAGEMENT_PORT: '0' },
    stdio: 'ignore',
  });

describe('killed in the middle', () => {
  const restartAfterKill = async (kind: 'postgres' | 'kafka' | 'ledger-worker'): Promise<void> => {
    await cluster.killMember(kind, 1);
    await cluster.startMember(kind, 1);
  };

  test.each(['ledger-worker', 'postgres', 'kafka'] as const)(
    '%s: nothing is lost and nothing credited twice',
    async (kind) => {
      const accounts = await ledger.openAccounts(20);
      const commands: Command[] = Array.from({ length: 20_000 }, (_, i) =>
        command(accounts[i % 20]!, '0.01'),
      );
      const before = await ledger.payInCount();
      const sending = upstream.send(commands);
      await eventually(
        () => ledger.payInCount(),
        (count) => count > before,
      );
      await restartAfterKill(kind);
      await sending;
      if (cluster.memberStatus('ledger-worker', 1).state !== 'running') {
        await cluster.startMember('ledger-worker', 1);
      }
      await eventually(
        () => ledger.payInCount(),
        (count) => count - before >= 20_000n,
        90_000,
      );
      await upstream.untilStored(ledger);
      expect((await ledger.payInCount()) - before).toBe(20_000n);
      const balances = await ledger.localBalances(accounts);
      expect([...balances.values()]).toEqual(accounts.map(() => 1_000n));
      expect(await ledger.unbalanced()).toBe(0n);
    },
    150_000,
  );
});

test('a worker frozen beyond its session is overtaken and does no harm when it wakes', async () => {
  const accounts = await ledger.openAccounts(20);
  const before = await ledger.payInCount();
  const second = startWorker();
  const ended = once(second, 'exit');
  try {
    const sending = upstream.send(
      Array.from({ length: 30_000 }, (_, i) => command(accounts[i % 20]!, '0.01')),
    );
    await eventually(
      () => ledger.payInCount(),
      (count) => count > before,
      30_000,
    );
    await cluster.pauseMember('ledger-worker', 1);
    await sending;
    await eventually(
      () => ledger.payInCount(),
      (count) => count - before === 30_000n,
      60_000,
    );
    await cluster.resumeMember('ledger-worker', 1);
    await upstream.send(accounts.map((account) => command(account, '0.01')));
    await upstream.untilStored(ledger);
    expect((await ledger.payInCount()) - before).toBe(30_020n);
    const balances = await ledger.localBalances(accounts);
    expect([...balances.values()]).toEqual(accounts.map(() => 1_501n));
    expect(await ledger.unbalanced()).toBe(0n);
  } finally {
    second.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }
}, 120_000);

test('a worker that is stopped while it claims its partitions ends well', async () => {
  // Each partition has a row once something of it was stored. Somebody else holds them until the worker has left its
  // group, and no other worker claims.
  const [account] = await ledger.openAccounts(1);
  await upstream.send([command(account!, '0.01')]);
  await upstream.untilStored(ledger);
  await cluster.stopMember('ledger-worker', 1);
  const holder = await ledger.database.connect('holder');
  await holder.query('hold', 'begin');
  await holder.query('hold', 'select from billing.consumer_offsets for update');
  const worker = startWorker();
  const ended = once(worker, 'exit');
  try {
    await eventually(
      () =>
        ledger.value<bigint>(
          `select count(*) from pg_stat_activity
            where wait_event_type = 'Lock' and query like '%claim_partition%'`,
        ),
      (waiting) => waiting > 0n,
      30_000,
    );
  } finally {
    worker.kill('SIGTERM');
    await sleep(1_500);
    await holder.query('hold', 'rollback');
    holder.release();
    await cluster.startMember('ledger-worker', 1);
  }
  expect(await ended).toEqual([0, null]);
}, 60_000);
