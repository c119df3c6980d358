import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePorts, type Cluster } from '@billing/cluster';
import { replicationStatus, type SubscriptionStatus } from '@billing/database';
import { AppProcess, eventually, type Ledger } from '@billing/testing';
import { expectMoneyExactAt, expectPartsEverywhere, partsAt } from './account-parts.js';
import { CoordinatedCluster } from './coordinated-cluster.js';
import { CoordinatorClient, refusalOf } from './coordinator-client.js';

let site: CoordinatedCluster;
let cluster: Cluster;
let ledgers: readonly Ledger[];

const client = (nodeId: number): CoordinatorClient => site.client(nodeId);
const ledger = (nodeId: number): Ledger => site.ledger(nodeId);
const key = (): string => randomUUID();

beforeAll(async () => {
  site = await CoordinatedCluster.start();
  ({ cluster, ledgers } = site);
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

describe('two coordinators of one node', () => {
  test('have one holder, and the other takes over when it dies', async () => {
    const [grpcPort, managementPort] = await findFreePorts(2);
    const second = AppProcess.start(cluster, 'coordinator', 1, {
      GRPC_PORT: `${grpcPort}`,
      MANAGEMENT_PORT: `${managementPort}`,
    });
    const another = new CoordinatorClient(
      cluster.coordinatorConnection(`127.0.0.1:${grpcPort}`),
      await cluster.signToken(),
    );
    try {
      await eventually(
        () => another.listServices(),
        ({ services }) => services.length === 3,
      );
      const [holder] = await holders();
      await sleep(2_500);
      expect(await holders()).toEqual([holder]);

      await cluster.killMember('coordinator', 1);
      const killedAt = performance.now();
      const [next] = await eventually(holders, (pids) => pids.length === 1 && pids[0] !== holder);
      expect(performance.now() - killedAt).toBeLessThan(5_000);
      const { accountId } = await another.openAccount({
        username: 'Lea',
        initialBalance: '3',
        idempotencyKey: key(),
      });
      await expectPartsEverywhere(ledgers, accountId, { 1: 100n, 2: 100n, 3: 100n });
      await cluster.startMember('coordinator', 1);
      await sleep(1_500);
      expect(await holders()).toEqual([next]);
      expect(await second.stop()).toBe(0);
      // Whoever starts beside it in the next test comes too late.
      await eventually(holders, (pids) => pids.length === 1 && pids[0] !== next);
    } finally {
      another.close();
      await second.stop();
    }
  }, 60_000);

  test('have another holder within the lease when it is frozen; awake again it does no duty', async () => {
    const [grpcPort, managementPort] = await findFreePorts(2);
    const second = AppProcess.start(cluster, 'coordinator', 1, {
      GRPC_PORT: `${grpcPort}`,
      MANAGEMENT_PORT: `${managementPort}`,
    });
    const another = new CoordinatorClient(
      cluster.coordinatorConnection(`127.0.0.1:${grpcPort}`),
      await cluster.signToken(),
    );
    const logFile = cluster.memberLogFile('coordinator', 1);
    const secondHolds = async (): Promise<boolean> => {
      const text = await (
        await fetch(`${cluster.security.scheme}://127.0.0.1:${managementPort}/metrics`)
      ).text();
      return /^billing_node_holder\{.*\} 1$/m.test(text);
    };
    try {
      await eventually(
        () => another.listServices(),
        ({ services }) => services.length === 3,
      );
      expect(await secondHolds()).toBe(false);
      const before = await leaseNumber();
      const ofFirst = await dutyBackends();
      expect(ofFirst.length).toBeGreaterThan(2);

      await cluster.pauseMember('coordinator', 1);
      const frozenAt = performance.now();
      await eventually(secondHolds, (holds) => holds);
      // A lease of 5 s and a try each second, on a machine that does other things as well.
      expect(performance.now() - frozenAt).toBeLessThan(12_000);
      const { accountId } = await another.openAccount({
        username: 'Ida',
        initialBalance: '3',
        idempotencyKey: key(),
      });
      await expectPartsEverywhere(ledgers, accountId, { 1: 100n, 2: 100n, 3: 100n });
      expect(await heartbeatAgeS()).toBeLessThan(3);

      const wokenAt = await ledger(1).value<Date>('select clock_timestamp()');
      const length = readFileSync(logFile, 'utf8').length;
      await cluster.resumeMember('coordinator', 1);
      await eventually(
        () => Promise.resolve(readFileSync(logFile, 'utf8').slice(length)),
        (said) => said.includes('no longer holds the node'),
        10_000,
      );
      // Whatever of its duties' connections is left has carried nothing since.
      expect(await calledSince(ofFirst, wokenAt)).toEqual([]);
      expect([await secondHolds(), await leaseNumber()]).toEqual([true, before + 1n]);
      await expectMoneyExactAt(ledgers);
    } finally {
      await cluster.resumeMember('coordinator', 1);
      another.close();
      expect(await second.stop()).toBe(0);
    }
    await eventually(holders, (pids) => pids.length === 1);
  }, 60_000);

  const leaseNumber = (): Promise<bigint> =>
    ledger(1).value<bigint>('select number from billing.node_lease');

  const heartbeatAgeS = (): Promise<number> =>
    ledger(1).value<number>(
      `select extract(epoch from clock_timestamp() - beat_at)::float8
         from billing.node_heartbeats where node_id = 1`,
    );

  /** Connections over which somebody does the duties of node 1. */
  async function dutyBackends(): Promise<number[]> {
    const rows = await ledger(1).rows<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'billing coordinator duties'`,
    );
    return rows.map(({ pid }) => pid);
  }

  async function calledSince(pids: readonly number[], moment: Date): Promise<string[]> {
    const rows = await ledger(1).rows<{ query: string }>(
      '/* called */ select query from pg_stat_activity where pid = any ($1) and query_start > $2',
      [pids, moment],
    );
    return rows.map(({ query }) => query);
  }

  /** Backends of node 1 that hold the node. */
  async function holders(): Promise<number[]> {
    const rows = await ledger(1).rows<{ pid: number }>(
      `/* holders */ select l.pid from pg_locks l join pg_stat_activity a using (pid)
        where l.locktype = 'advisory' and l.granted and a.application_name = 'billing coordinator holder'`,
    );
    return rows.map(({ pid }) => pid);
  }
});

describe('replication', () => {
  test('comes back within seconds of its failure being mended', async () => {
    await ledger(2).rows(`/* poison */ do $$ begin
      create function public.spec_poison() returns trigger language plpgsql as
        'begin if new.username = ''poison'' then raise exception ''poison''; end if; return new; end';
      create trigger spec_poison before insert on billing.accounts
        for each row execute function public.spec_poison();
      alter table billing.accounts enable replica trigger spec_poison;
    end $$`);
    const { accountId } = await client(1).openAccount({
      username: 'poison',
      initialBalance: '3',
      idempotencyKey: key(),
    });
    await eventually(
      () => subscriptionAt(2, 1),
      (status) => status === 'down',
    );
    // Long enough for the apply worker to have failed more than once.
    await sleep(6_000);
    expect((await partsAt(ledger(2), accountId))[1]).toBeUndefined();
    await ledger(2).rows('/* antidote */ drop function public.spec_poison() cascade');
    await expectPartsEverywhere(ledgers, accountId, { 1: 100n, 2: 100n, 3: 100n }, 6_000);
  }, 40_000);

  test('goes on within seconds of its provider being back', async () => {
    await cluster.killMember('postgres', 1);
    expect(await refusalOf(client(1).listServices())).toMatchObject({
      code: 'UNAVAILABLE',
      reason: 'DATABASE_UNAVAILABLE',
      metadata: { retryable: 'true' },
    });
    await cluster.startMember('postgres', 1);
    const backAt = performance.now();
    const { accountId } = await eventually(
      () => client(1).openAccount({ username: 'Max', initialBalance: '3', idempotencyKey: key() }),
      () => true,
    );
    await expectPartsEverywhere(ledgers, accountId, { 1: 100n, 2: 100n, 3: 100n });
    expect(performance.now() - backAt).toBeLessThan(10_000);
  }, 40_000);

  test('that an operator has switched off stays off', async () => {
    const subscription = 'subscription_from_node3_to_node2';
    await ledger(2).rows(`select pglogical.alter_subscription_disable('${subscription}', true)`);
    await sleep(3_000);
    expect(await subscriptionAt(2, 3)).toBe('disabled');
    // A watchdog that saw it down while the operator's disable was not yet committed asks in vain.
    expect(await ledger(2).value('select billing.restart_subscription(3)')).toBe(false);
    expect(await subscriptionAt(2, 3)).toBe('disabled');
    await ledger(2).rows(`select pglogical.alter_subscription_enable('${subscription}', true)`);
  }, 20_000);

  async function subscriptionAt(at: number, of: number): Promise<SubscriptionStatus | undefined> {
    const peers = await replicationStatus(ledger(at).database);
    return peers.find(({ nodeId }) => nodeId === of)?.subscription;
  }
});

describe('a coordinator', () => {
  test('stops on SIGTERM, and its node goes on when it is back', async () => {
    const logFile = cluster.memberLogFile('coordinator', 2);
    const stops = (): number => readFileSync(logFile, 'utf8').split('"msg":"stopped"').length - 1;
    const before = stops();
    await cluster.stopMember('coordinator', 2);
    // It said so itself: nobody had to kill it.
    expect(stops()).toBe(before + 1);
    await cluster.startMember('coordinator', 2);
    await expectMoneyExactAt(ledgers);
  }, 30_000);

  test('makes rows for accounts that came when nobody noted them', async () => {
    const { accountId } = await client(1).openAccount({ username: 'Ned', idempotencyKey: key() });
    await expectPartsEverywhere(ledgers, accountId, { 1: 0n, 2: 0n, 3: 0n });
    await cluster.stopMember('coordinator', 3);
    await ledger(3).rows(
      'delete from billing.account_balances where node_id = 3 and account_id = $1',
      [accountId],
    );
    await cluster.startMember('coordinator', 3);
    await expectPartsEverywhere(ledgers, accountId, { 1: 0n, 2: 0n, 3: 0n });
  }, 30_000);
});
