import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type AppKind, type Cluster } from '@billing/cluster';
import { eventually, Ledger } from '@billing/testing';
import kafkajs from 'kafkajs';
import {
  readDocumentedMetrics,
  readPanels,
  readShortenedRules,
  type Panel,
} from './monitoring-files.js';
import { metricsUrl, PrometheusProcess } from './prometheus-process.js';
import { command, PAY_IN_TOPIC, Upstream } from '../cluster/pay-ins/upstream.js';

let cluster: Cluster;
let ledgers: Ledger[];
let prometheus: PrometheusProcess;
let account: string;

const apps: readonly AppKind[] = ['gateway', 'coordinator', 'ledger-worker'];
const headers = async (): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await cluster.signToken()}`,
  'content-type': 'application/json',
});

beforeAll(async () => {
  const often = { METRICS_INTERVAL_MS: '500' };
  cluster = await startCluster({
    nodeCount: 2,
    postgres: { fsync: false },
    appEnvironment: { gateway: often, coordinator: often, 'ledger-worker': often },
  });
  ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
  account = await openAccount();
  prometheus = await PrometheusProcess.start(cluster, readShortenedRules());
}, 240_000);

afterAll(async () => {
  await prometheus?.stop();
  await Promise.all((ledgers ?? []).map((ledger) => ledger.close()));
  await cluster?.destroy();
}, 60_000);

async function openAccount(): Promise<string> {
  const id = (await ledgers[0]!.openAccounts(1))[0]!;
  for (const [index, ledger] of ledgers.entries()) {
    await eventually(
      () => ledger.value<bigint>('select count(*) from billing.accounts where id = $1', [id]),
      (count) => count === 1n,
    );
    await ledger.value('select public.deposit_balance($1, 100000, $2)', [id, index + 1]);
  }
  return id.toString();
}

async function post(nodeId: number, path: string, body: object, more = {}): Promise<number> {
  const response = await fetch(cluster.gatewayUrl(nodeId) + path, {
    method: 'POST',
    headers: { ...(await headers()), ...more },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

const payIn = (nodeId: number, accountId = account): Promise<number> =>
  post(nodeId, '/v1/pay-ins', { accountId, amount: '1.00', currency: 'USD' });

const payOut = (nodeId: number, amount: string): Promise<number> =>
  post(
    nodeId,
    '/v1/pay-outs',
    { accountId: account, amount, currency: 'USD' },
    { 'idempotency-key': randomUUID() },
  );

/** Of what the node itself has written: it is there at once. */
async function readAfter(nodeId: number): Promise<number> {
  const response = await fetch(`${cluster.gatewayUrl(nodeId)}/v1/accounts/${account}/balance`, {
    headers: { ...(await headers()), 'billing-after': `${nodeId}.1:1` },
  });
  await response.arrayBuffer();
  return response.status;
}

/** What one datacenter's day looks like, in a second. */
async function live(nodeId: number): Promise<void> {
  const statuses = [
    await payIn(nodeId),
    await payIn(nodeId, '63'),
    await payOut(nodeId, '0.50'),
    await payOut(nodeId, '99999999.00'),
    await readAfter(nodeId),
  ];
  expect(statuses).toEqual([202, 202, 201, 422, 200]);
}

/** A pay-out that the local part does not cover. */
async function drain(nodeId: number): Promise<void> {
  const part = await ledgers[nodeId - 1]!.value<bigint>(
    'select balance_minor from billing.account_balances where account_id = $1 and node_id = $2',
    [account, nodeId],
  );
  expect(await payOut(nodeId, `${part / 100n + 5n}.00`)).toBe(201);
  await ledgers[nodeId - 1]!.value('select public.deposit_balance($1, 5000, $2)', [
    account,
    nodeId,
  ]);
}

async function exported(app: AppKind, nodeId: number): Promise<Map<string, string>> {
  const response = await fetch(metricsUrl(cluster, app, nodeId));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  expect(text).toContain(`billing_build_info{version="0.1.0",app="${app}",node="${nodeId}"} 1`);
  return new Map(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]),
  );
}

const sum = (series: readonly { value: number }[]): number =>
  series.reduce((total, { value }) => total + value, 0);

const asked = (expression: string): string =>
  expression.replaceAll('$node', '.*').replaceAll('$__rate_interval', '30s');

test('every app exports what the documentation lists, and nothing else of ours', async () => {
  const found = new Map<string, string>();
  for (const app of apps) {
    for (const [name, type] of await exported(app, 1)) found.set(name, type);
  }
  const documented = readDocumentedMetrics();
  const ours = [...found].filter(([name]) => name.startsWith('billing_'));
  expect(Object.fromEntries(ours)).toEqual(
    Object.fromEntries([...documented].filter(([name]) => name.startsWith('billing_'))),
  );
  for (const [name, type] of documented) expect([name, found.get(name)]).toEqual([name, type]);
});

test('every panel of every dashboard shows something', async () => {
  const upstream = await Promise.all(
    cluster.nodeIds.map((nodeId) => Upstream.connect(cluster.kafkaConnection(nodeId))),
  );
  for (const one of upstream)
    await one.sendRaw([{ key: account, value: Buffer.from('no pay-in') }]);
  for (let round = 0; round < 6; round += 1) {
    for (const nodeId of cluster.nodeIds) {
      await live(nodeId);
      await drain(nodeId);
    }
    await sleep(500);
  }
  await Promise.all(upstream.map((one) => one.close()));

  const isSaid = async ({ expressions }: Panel): Promise<boolean> => {
    for (const expression of expressions) {
      const series = await prometheus.query(asked(expression));
      if (!series.some(({ value }) => Number.isFinite(value))) return false;
    }
    return true;
  };
  const panels = readPanels();
  expect(panels.length).toBeGreaterThan(30);
  await eventually(
    async () => {
      const silent: string[] = [];
      for (const panel of panels) {
        if (!(await isSaid(panel))) silent.push(`${panel.dashboard}: ${panel.title}`);
      }
      return silent;
    },
    (silent) => silent.length === 0,
    15_000,
  );
}, 120_000);

test('the figures are those of what was done', async () => {
  const figures = {
    deadLetters: 'max by (node, reason) (billing_dead_letters) == 1',
    drained: 'billing_pay_out_duration_seconds_count{path="drained", status="committed"} == 6',
    local: 'billing_pay_out_duration_seconds_count{path="local", status="committed"} == 6',
    refused: 'billing_pay_out_duration_seconds_count{status="insufficient_funds"} == 6',
    parked: 'billing_pay_ins_total{outcome="parked"} == 6',
    stillParked: 'billing_parked_pay_ins == 6',
    replicating: 'billing_replication_running == 1',
    arrived: 'billing_position_wait_duration_seconds_count{outcome="arrived"} == 6',
    fresh: 'billing_replication_delay_seconds < 10',
    bounded: 'billing_replication_slot_wal_bytes_max == 2 * 1024 * 1024 * 1024',
    holders: 'billing_node_holder == 1',
    closed: 'billing_breaker_open == 0',
  };
  for (const [name, expression] of Object.entries(figures)) {
    const series = await eventually(
      () => prometheus.query(expression),
      ({ length }) => length === 2,
    ).catch((cause: unknown) => {
      throw new Error(name, { cause });
    });
    expect(series).toHaveLength(2);
  }
  expect(await prometheus.alerts('DeadLetters')).toHaveLength(2);
}, 60_000);

/** Messages that wait, those that no worker may see yet, and for how many seconds. */
async function lagOf(partition: number): Promise<(number | undefined)[]> {
  const labels = `{node="1", topic="${PAY_IN_TOPIC}", partition="${partition}"}`;
  const names = ['lag_messages', 'uncommitted_messages', 'open_transaction_seconds'];
  const figures = names.map(async (name) => {
    const [series] = await prometheus.query(`billing_consumer_${name}${labels}`);
    return series?.value;
  });
  return Promise.all(figures);
}

describe('a transaction of an upstream service', () => {
  let upstream: Upstream;
  let producer: ReturnType<Upstream['transactional']>;
  beforeAll(async () => {
    upstream = await Upstream.connect(cluster.kafkaConnection(1));
    producer = upstream.transactional('forgetful');
    await producer.connect();
  });
  afterAll(async () => {
    await producer.disconnect();
    await upstream.close();
  });

  test('that is left open shows, and so does what waits behind it; aborted, nothing waits', async () => {
    const transaction = await producer.transaction();
    const message = { key: account, value: JSON.stringify(command(account, '900.00')) };
    const [{ partition } = { partition: -1 }] = await transaction.send({
      topic: PAY_IN_TOPIC,
      messages: [message],
    });
    for (let i = 0; i < 5; i += 1) expect(await payIn(1)).toBe(202);
    const [, , seconds] = await eventually(
      () => lagOf(partition),
      ([waiting, uncommitted, open = 0]) => waiting === 6 && uncommitted === 6 && open > 2,
      20_000,
    );
    expect(seconds).toBeLessThan(30);
    await eventually(
      () => prometheus.alerts('OpenTransaction'),
      ([alert]) => alert?.['node'] === '1',
    );

    await transaction.abort();
    await eventually(
      () => lagOf(partition),
      (figures) => figures.every((figure) => figure === 0),
      20_000,
    );
  }, 60_000);

  test('can be left open for a minute at most', async () => {
    const patient = upstream.transactional('patient', { transactionTimeout: 61_000 });
    await patient.connect();
    await expect(patient.transaction()).rejects.toThrow(/transaction timeout is larger/);
    await patient.disconnect();
  }, 30_000);
});

test('a setting of Kafka that pay-ins do not bear is told, and that it was mended', async () => {
  const wrong = (): Promise<string[]> =>
    prometheus
      .query('billing_kafka_setting_faults{node="1"} > 0')
      .then((series) => series.map(({ metric }) => metric['setting']!));
  expect(sum(await prometheus.query('billing_kafka_setting_faults'))).toBe(0);
  expect(await prometheus.query('billing_kafka_setting_faults{node="1"}')).not.toHaveLength(0);
  const upstream = await Upstream.connect(cluster.kafkaConnection(1));
  const set = (configEntries: { name: string; value: string }[]): Promise<unknown> =>
    upstream.admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: PAY_IN_TOPIC, configEntries }],
    });
  await set([
    { name: 'message.timestamp.type', value: 'CreateTime' },
    { name: 'retention.ms', value: '3600000' },
  ]);
  await eventually(wrong, (names) => names.length === 2, 20_000);
  expect((await wrong()).sort()).toEqual(['message.timestamp.type', 'retention.ms']);
  await eventually(
    () => prometheus.alerts('KafkaSettings'),
    ({ length }) => length === 2,
  );
  await set([]);
  await eventually(wrong, (names) => names.length === 0, 20_000);
  await upstream.close();
}, 90_000);

test('what cannot be read is absent, not frozen, and an app answers scrapes without PostgreSQL', async () => {
  await cluster.killMember('postgres', 2);
  const ofNode2 = (metric: string) => prometheus.query(`${metric}{node="2"}`);
  await eventually(
    async () => [
      ...(await ofNode2('billing_consumer_lag_messages')),
      ...(await ofNode2('billing_replication_running')),
      ...(await ofNode2('billing_dead_letters')),
    ],
    ({ length }) => length === 0,
  );
  expect(sum(await prometheus.query('up{job!="ledger-worker"}'))).toBe(4);
  await eventually(
    () =>
      prometheus.query('billing_metrics_read_errors_total{node="2", reading="consumer_lag"} > 0'),
    ({ length }) => length === 1,
  );
}, 60_000);
