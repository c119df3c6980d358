import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts, type AppKind, type Cluster } from '@billing/cluster';
import { AppProcess, eventually, Ledger, startCluster } from '@billing/testing';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { failuresIn } from '../gateway/gateway-process.js';
import { command, Upstream } from '../pay-ins/upstream.js';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres', 'kafka', 'coordinator', 'ledger-worker'],
    postgres: { fsync: false },
  });
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

async function health(kind: AppKind): Promise<string> {
  try {
    const answer = await fetch(cluster.healthUrl(kind, 1));
    return await answer.text();
  } catch (error) {
    return String(error);
  }
}

const logOf = (kind: AppKind): Promise<string> => readFile(cluster.memberLogFile(kind, 1), 'utf8');

/** Of what these say there must be as many as before, and one more. */
async function untilToldAgain(kind: AppKind, words: string, before: string): Promise<void> {
  const count = (text: string): number => text.split(words).length;
  await eventually(
    () => logOf(kind),
    (log) => count(log) > count(before),
    40_000,
  );
}

const pidOf = (kind: AppKind): number | undefined => cluster.memberStatus(kind, 1).pid;

test.each(['coordinator', 'ledger-worker'] as const)(
  '%s: started while PostgreSQL is away, it says so, waits, and goes on by itself',
  async (kind) => {
    await cluster.stopMember(kind, 1);
    await cluster.killMember('postgres', 1);
    const before = await logOf(kind);
    const started = cluster.startMember(kind, 1);
    started.catch(() => undefined);
    await untilToldAgain(kind, 'PostgreSQL cannot be asked yet', before);
    await eventually(
      () => health(kind),
      (told) => told.includes('postgresql'),
    );
    const pid = pidOf(kind);
    await cluster.startMember('postgres', 1);
    await started;
    expect([pidOf(kind), typeof pid]).toEqual([pid, 'number']);
  },
  90_000,
);

test('coordinator: says that it is ready once it takes calls, not before', async () => {
  const [grpcPort, managementPort] = await findFreePorts(2);
  const slowly = join(import.meta.dirname, 'slow-listening.mjs');
  const second = AppProcess.start(cluster, 'coordinator', 1, {
    GRPC_PORT: `${grpcPort}`,
    MANAGEMENT_PORT: `${managementPort}`,
    NODE_OPTIONS: `--import=${slowly}`,
    SLOW_PORT: `${grpcPort}`,
    SLOW_PORT_MS: '3000',
  });
  const client = new CoordinatorClient(
    cluster.coordinatorConnection(`127.0.0.1:${grpcPort}`),
    await cluster.signToken(),
  );
  const url = `${cluster.security.scheme}://127.0.0.1:${managementPort}/health/ready`;
  const failures = async (): Promise<object> => failuresIn(await (await fetch(url)).json());
  try {
    await eventually(failures, (told) => !('postgresql' in told));
    expect(await failures()).toEqual({ grpc: 'it does not listen yet' });
    await eventually(failures, (told) => Object.keys(told).length === 0);
    expect(await client.listServices()).toEqual({ services: [] });
  } finally {
    client.close();
    await second.stop();
  }
}, 60_000);

test('gateway: says that it is ready once it takes requests, not before', async () => {
  const [httpPort, managementPort] = await findFreePorts(2);
  const second = AppProcess.start(cluster, 'gateway', 1, {
    HTTP_PORT: `${httpPort}`,
    MANAGEMENT_PORT: `${managementPort}`,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'slow-listening.mjs')}`,
    SLOW_PORT: `${httpPort}`,
    SLOW_PORT_MS: '3000',
  });
  const at = `${cluster.security.scheme}://127.0.0.1`;
  const failures = async (): Promise<object> =>
    failuresIn(await (await fetch(`${at}:${managementPort}/health/ready`)).json());
  try {
    const rest = ['postgresql', 'kafka', 'coordinator'];
    await eventually(failures, (told) => !rest.some((part) => part in told));
    expect(await failures()).toEqual({ http: 'it does not listen yet' });
    await eventually(failures, (told) => Object.keys(told).length === 0);
    expect((await fetch(`${at}:${httpPort}/health/ready`)).status).toBe(200);
  } finally {
    await second.stop();
  }
}, 60_000);

test('ledger-worker: started while its broker is away, it says so, waits, and goes on by itself', async () => {
  await cluster.stopMember('ledger-worker', 1);
  await cluster.killMember('kafka', 1);
  const before = await logOf('ledger-worker');
  const started = cluster.startMember('ledger-worker', 1);
  started.catch(() => undefined);
  await untilToldAgain('ledger-worker', 'the broker is away; trying again', before);
  const pid = pidOf('ledger-worker');
  // Of a container that does not run, Docker's proxy may refuse, or nobody answer.
  expect(await health('ledger-worker')).toMatch(/"kafka":"[^"]*(ECONNREFUSED|no answer in)/);
  await cluster.startMember('kafka', 1);
  await started;
  expect([pidOf('ledger-worker'), typeof pid]).toEqual([pid, 'number']);

  const ledger = new Ledger(cluster, 1);
  const upstream = await Upstream.connect(cluster.kafkaConnection(1));
  try {
    const accounts = await ledger.openAccounts(1);
    await upstream.send([command(accounts[0]!, '1.00')]);
    await upstream.untilStored(ledger);
    expect(await ledger.localBalances(accounts)).toEqual(new Map([[accounts[0], 100n]]));
  } finally {
    await Promise.all([upstream.close(), ledger.close()]);
  }
}, 120_000);
