import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { eventually, Ledger, startCluster } from '@billing/testing';

// One of three datacenters stops whole; the others do not wait for it, and it catches up when it is back.
const away = 2;
const here = [1, 3];
const payInsEach = 200;
const amount = '1.00';
const replicatedWithinMs = 10_000;
let cluster: Cluster;
/** The database of the one that comes back. */
let back: Ledger;

beforeAll(async () => {
  cluster = await startCluster({ postgres: { fsync: false } });
  back = new Ledger(cluster, away);
}, 180_000);

afterAll(async () => {
  await back?.close();
  await cluster?.destroy();
}, 60_000);

async function call(nodeId: number, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(cluster.gatewayUrl(nodeId) + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${await cluster.signToken()}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

async function open(nodeId: number): Promise<string> {
  const { id } = await call(nodeId, '/v1/accounts', { username: 'away', currency: 'EUR' });
  return id as string;
}

/** One pay-in at a time, as clients come; each must be accepted. */
async function payIn(nodeId: number, accountId: string): Promise<void> {
  for (let count = 0; count < payInsEach; count++) {
    const body = { commandId: randomUUID(), accountId, amount, currency: 'EUR' };
    expect((await call(nodeId, '/v1/pay-ins', body))['commandId']).toBe(body.commandId);
  }
}

/** Part by node, as the reader sees it. */
async function parts(reader: number, accountId: string): Promise<Record<number, string>> {
  const { parts: seen } = (await call(reader, `/v1/accounts/${accountId}/balance`)) as {
    parts: { node: number; balance: string }[];
  };
  return Object.fromEntries(seen.map(({ node, balance }) => [node, balance]));
}

const untilParts = (
  reader: number,
  accountId: string,
  expected: Record<number, string>,
  withinMs = 20_000,
): Promise<unknown> =>
  eventually(
    () => parts(reader, accountId),
    (seen) => JSON.stringify(seen) === JSON.stringify(expected),
    withinMs,
  );

/** Until the database at dc2 has the 200.00 of dc1 and dc3 on the old account, and the new account. */
const untilReplicated = (old: string, opened: string): Promise<unknown> =>
  eventually(
    () =>
      back.value<bigint>(
        `select sum(balance_minor)::bigint from billing.account_balances
          where node_id <> billing.local_node_id() and account_id = any ($1::bigint[])`,
        [[old, opened]],
      ),
    (minor) => minor === 60_000n,
  );

test('pay-ins at dc1 and dc3 go on without dc2, and all of it is at dc2 within 10 s of its being up', async () => {
  const old = await open(1);
  for (const reader of cluster.nodeIds)
    await untilParts(reader, old, { 1: '0.00', 2: '0.00', 3: '0.00' });

  await cluster.stopNode(away);
  await Promise.all(here.map((nodeId) => payIn(nodeId, old)));
  const opened = await open(3);
  await payIn(3, opened);
  for (const reader of here) {
    await untilParts(reader, old, { 1: '200.00', 2: '0.00', 3: '200.00' });
    await untilParts(reader, opened, { 1: '0.00', 2: '0.00', 3: '200.00' });
  }

  await cluster.startMember('postgres', away);
  const upMs = performance.now();
  const apps = cluster.startNode(away);
  // At once, and past its apps, which take their time to start: replication is PostgreSQL's.
  await back.value('select public.deposit_balance($1, 7, $2)', [old, away]);
  const took: Record<string, number> = {};
  const note = async (what: string, done: Promise<unknown>): Promise<void> => {
    await done;
    took[what] = Math.round(performance.now() - upMs);
  };
  await Promise.all([
    note('dc2 has what dc1 and dc3 took', untilReplicated(old, opened)),
    ...here.map((reader) =>
      note(
        `dc${reader} has what dc2 took`,
        untilParts(reader, old, { 1: '200.00', 2: '7.00', 3: '200.00' }),
      ),
    ),
    note('apps of dc2 are ready', apps),
  ]);
  console.log('ms after PostgreSQL of dc2 was up:', took);
  const { 'apps of dc2 are ready': _, ...replicated } = took;
  for (const ms of Object.values(replicated)) expect(ms).toBeLessThan(replicatedWithinMs);

  await payIn(away, old);
  const all = { 1: '200.00', 2: '207.00', 3: '200.00' };
  for (const reader of cluster.nodeIds) {
    await untilParts(reader, old, all);
    await untilParts(reader, opened, { 1: '0.00', 2: '0.00', 3: '200.00' });
  }
}, 180_000);
