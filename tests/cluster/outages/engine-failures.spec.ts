import { readFileSync } from 'node:fs';
import {
  isBrokerAnswering,
  isPortFree,
  memberKinds,
  type Cluster,
  type MemberKind,
} from '@billing/cluster';
import { eventually, Ledger, startProxiedCluster, type NodeLinks } from '@billing/testing';

// What every spec here relies on, on whichever engine runs: a member that is killed is gone and comes back
// with what it had, one that is paused holds its connections and answers nobody, a link can be cut.
const silentMs = 700;
// Kafka's two starts of one test took 40 s on two cores that did much else.
const partTimeoutMs = 150_000;
let cluster: Cluster;
let links: NodeLinks;
let ledgers: Ledger[];

beforeAll(async () => {
  ({ cluster, links } = await startProxiedCluster({ nodeCount: 2, postgres: { fsync: false } }));
  ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
}, 180_000);

afterAll(async () => {
  await Promise.all((ledgers ?? []).map((ledger) => ledger.close()));
  await cluster?.destroy();
  await links?.close();
}, 60_000);

const ledger = (nodeId: number): Ledger => ledgers[nodeId - 1]!;

const knows = (nodeId: number, accountId: bigint): Promise<boolean> =>
  ledger(nodeId).value('select exists (select from billing.accounts where id = $1)', [accountId]);

async function isReady(kind: 'gateway' | 'coordinator' | 'ledger-worker'): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(silentMs);
    return (await fetch(cluster.healthUrl(kind, 1), { signal })).ok;
  } catch {
    return false;
  }
}

/** One question to the member, as its clients ask. */
async function answers(kind: MemberKind): Promise<boolean> {
  if (kind === 'kafka') {
    const { kafka } = cluster.ports(1);
    return isBrokerAnswering('127.0.0.1', kafka, cluster.security.kafkaUsers);
  }
  if (kind !== 'postgres') return isReady(kind);
  const asked = ledger(1).value<number>('select 1');
  asked.catch(() => undefined);
  const silent = new Promise<number>((resolve) => setTimeout(() => resolve(0), silentMs));
  return (await Promise.race([asked, silent])) === 1;
}

/** A worker ends when its broker stays away: each test finds all of dc1 running. */
beforeEach(() => cluster.startNode(1), partTimeoutMs);

const untilAnswers = (kind: MemberKind): Promise<boolean> =>
  eventually(() => answers(kind), Boolean, 30_000);

describe.each(memberKinds)('%s', (kind) => {
  test(
    'is gone when it is killed, and comes back as another process',
    async () => {
      const before = cluster.memberStatus(kind, 1);
      expect(before).toMatchObject({ state: 'running', pid: expect.any(Number) });
      await cluster.killMember(kind, 1);
      expect(cluster.memberStatus(kind, 1)).toMatchObject({ state: 'stopped', pid: undefined });
      expect(await isPortFree(before.port)).toBe(true);
      await cluster.startMember(kind, 1);
      expect(cluster.memberStatus(kind, 1).state).toBe('running');
      expect(cluster.memberStatus(kind, 1).pid).not.toBe(before.pid);
      await untilAnswers(kind);
    },
    partTimeoutMs,
  );

  test(
    'answers nobody while it is paused, and goes on',
    async () => {
      const { pid } = cluster.memberStatus(kind, 1);
      await cluster.pauseMember(kind, 1);
      try {
        expect(cluster.memberStatus(kind, 1).state).toBe('paused');
        expect(await answers(kind)).toBe(false);
      } finally {
        await cluster.resumeMember(kind, 1);
      }
      expect(cluster.memberStatus(kind, 1)).toMatchObject({ state: 'running', pid });
      await untilAnswers(kind);
    },
    partTimeoutMs,
  );

  test(
    'is killed and stopped while it is paused like any other',
    async () => {
      await cluster.pauseMember(kind, 1);
      await cluster.killMember(kind, 1);
      expect(cluster.memberStatus(kind, 1)).toMatchObject({ state: 'stopped', pid: undefined });
      await cluster.startMember(kind, 1);
      await cluster.pauseMember(kind, 1);
      await cluster.stopMember(kind, 1);
      expect(cluster.memberStatus(kind, 1)).toMatchObject({ state: 'stopped', pid: undefined });
      await cluster.startMember(kind, 1);
      await untilAnswers(kind);
    },
    partTimeoutMs,
  );

  test('has a log that follows it in order, over all its runs', () => {
    const log = readFileSync(cluster.memberLogFile(kind, 1), 'utf8');
    expect(log).not.toBe('');
    const seconds = [...log.matchAll(/\b(\d\d):(\d\d):(\d\d)[.,]\d{3}/g)].map(
      ([, hour, minute, second]) => Number(hour) * 3_600 + Number(minute) * 60 + Number(second),
    );
    // What an earlier run said and the file has already would lead back; midnight leads back further.
    const back = seconds.slice(1).map((second, index) => seconds[index]! - second);
    expect(back.filter((step) => step > 2 && step < 43_200)).toEqual([]);
  });
});

test('what was committed outlives kill -9 of PostgreSQL', async () => {
  const [account] = (await ledger(1).openAccounts(1)) as [bigint];
  await cluster.killMember('postgres', 1);
  await cluster.startMember('postgres', 1);
  expect(await eventually(() => knows(1, account), Boolean)).toBe(true);
}, 60_000);

test('a link that is cut carries nothing one way, and all of it when it is whole again', async () => {
  // Rows of node 1 come to node 2 over the link by which node 2 calls node 1.
  await links.link(2, 1).cut();
  const [ofOne] = (await ledger(1).openAccounts(1)) as [bigint];
  const [ofTwo] = (await ledger(2).openAccounts(1)) as [bigint];
  await eventually(() => knows(1, ofTwo), Boolean);
  expect(await knows(2, ofOne)).toBe(false);
  await links.restore();
  await eventually(() => knows(2, ofOne), Boolean, 30_000);
}, 60_000);
