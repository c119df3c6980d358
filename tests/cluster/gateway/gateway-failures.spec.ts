import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '@billing/cluster';
import { essence, GatewayProcess, problem, type Answer } from './gateway-process.js';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { readTopic } from '../pay-ins/topic-reader.js';

const DEADLINE_MS = 1_500;
const SLACK_MS = 700;

let cluster: Cluster;
let gateway: GatewayProcess;
let account: string;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres', 'kafka', 'coordinator'],
    postgres: { fsync: false },
    appEnvironment: { gateway: { PAY_IN_DEADLINE_MS: String(DEADLINE_MS) } },
  });
  const ledger = new Ledger(cluster, 1);
  const [id] = await ledger.openAccounts(1);
  account = String(id);
  await ledger.close();
  gateway = await GatewayProcess.start(cluster);
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await cluster?.destroy();
}, 60_000);

const payIn = (change: object = {}) => ({
  accountId: account,
  amount: '1.00',
  currency: 'USD',
  ...change,
});

const pay = (change: object = {}): Promise<Answer> =>
  gateway.call('POST', '/v1/pay-ins', payIn(change));

async function timed(work: Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
  const startMs = performance.now();
  return { answer: await work, ms: performance.now() - startMs };
}

const stored = () => readTopic({ broker: cluster.kafkaConnection(1), topic: 'billing.payin' });
const storedIds = async () => (await stored()).map(({ value }) => value['commandId']);

const failures = (): Promise<unknown> => gateway.failures();

describe('without its broker', () => {
  test('a pay-in is 503 within the deadline, then at once, and 202 when the broker is back', async () => {
    await cluster.killMember('kafka', 1);
    const { answer, ms } = await timed(pay());
    expect(answer.status).toBe(503);
    expect(ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
    expect(answer.headers.get('retry-after')).toBe('1');
    const commandId = answer.body['commandId'];
    expect(commandId).toMatch(/^[0-9a-f-]{36}$/);

    const again = await timed(pay({ commandId }));
    expect(again.answer.status).toBe(503);
    expect(again.ms).toBeLessThan(SLACK_MS);
    expect(await failures()).toEqual({ kafka: expect.any(String) });
    // Whoever has no business here hears that it is so, and not what.
    const publicly = await fetch(`${gateway.url}/health/ready`);
    expect([publicly.status, await publicly.json()]).toEqual([503, { status: 'not ready' }]);

    const bulk = await gateway.call('POST', '/v1/pay-ins/bulk', [
      payIn({ commandId }),
      payIn({ amount: '0' }),
    ]);
    expect(essence(bulk)).toEqual(problem('unavailable', 503));
    expect(bulk.body).toMatchObject({
      accepted: 0,
      rejected: 1,
      unavailable: 1,
      results: [
        { index: 0, status: 'unavailable', commandId },
        { index: 1, status: 'rejected' },
      ],
    });
    // What does not need the broker goes on.
    expect((await gateway.call('GET', `/v1/accounts/${account}/balance`)).status).toBe(200);

    await cluster.startMember('kafka', 1);
    await eventually(
      () => pay({ commandId }),
      ({ status }) => status === 202,
    );
    expect(await failures()).toEqual({});
    expect(new Set(await storedIds())).toEqual(new Set([commandId]));
  }, 60_000);

  test('that only stopped answering, a pay-in is 503 with an unknown outcome, never a false 202', async () => {
    await pay();
    await cluster.pauseMember('kafka', 1);
    let result;
    try {
      result = await timed(pay());
    } finally {
      await cluster.resumeMember('kafka', 1);
    }
    expect(essence(result.answer)).toEqual(problem('outcome-unknown', 503));
    expect(result.ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
    const { commandId } = result.answer.body;
    const { body } = await eventually(
      () => pay({ commandId }),
      ({ status }) => status === 202,
    );
    expect(body).toMatchObject({ commandId });
    expect(await storedIds()).toContain(commandId);
  }, 60_000);

  test('killed and back again and again under load, every 202 is in the topic', async () => {
    const accepted: string[] = [];
    let loading = true;
    const client = async (): Promise<void> => {
      while (loading) {
        const { status, body } = await pay();
        if (status === 202) accepted.push(body['commandId'] as string);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (let round = 0; round < 2; round += 1) {
      await sleep(700);
      await cluster.killMember('kafka', 1);
      await sleep(1_000);
      await cluster.startMember('kafka', 1);
    }
    await eventually(pay, ({ status }) => status === 202);
    loading = false;
    await Promise.all(clients);
    const inTopic = new Set(await storedIds());
    expect(accepted.length).toBeGreaterThan(16);
    expect(accepted.filter((id) => !inTopic.has(id))).toEqual([]);
    expect(gateway.log).not.toMatch(/unhandled|"level":(50|60)/i);
  }, 90_000);
});

describe('without another member', () => {
  test('PostgreSQL: reads are 503, pay-ins go on', async () => {
    await cluster.stopMember('postgres', 1);
    for (const path of [
      `/v1/accounts/${account}`,
      `/v1/accounts/${account}/balance`,
      `/v1/accounts/${account}/transactions`,
      `/v1/pay-ins/${randomUUID()}`,
      '/v1/services',
    ]) {
      const answer = await gateway.call('GET', path);
      expect(essence(answer)).toEqual(problem('unavailable', 503));
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(JSON.stringify(answer.body)).not.toMatch(/ECONNREFUSED|billing_gateway|127\.0/);
    }
    expect((await pay()).status).toBe(202);
    expect(await failures()).toMatchObject({ postgresql: expect.any(String) });
    const booted = await GatewayProcess.launch(cluster);
    await eventually(
      () => booted.call('POST', '/v1/pay-ins', payIn()),
      ({ status }) => status === 202,
    );
    await cluster.startMember('postgres', 1);
    await booted.untilReady();
    expect(await booted.stop()).toBe(0);
    await gateway.untilReady();
    expect((await gateway.call('GET', `/v1/accounts/${account}`)).status).toBe(200);
  }, 60_000);

  test('the coordinator: opening and deleting are 503, the rest goes on', async () => {
    await cluster.stopMember('coordinator', 1);
    const key = { 'idempotency-key': randomUUID() };
    const opening = (): Promise<Answer> =>
      gateway.call('POST', '/v1/accounts', { username: 'late' }, key);
    expect(essence(await opening())).toEqual(problem('unavailable', 503));
    expect((await opening()).headers.get('idempotency-key')).toBe(key['idempotency-key']);
    expect((await gateway.call('DELETE', `/v1/accounts/${account}`)).status).toBe(503);
    expect((await pay()).status).toBe(202);
    expect(await failures()).toEqual({ coordinator: expect.any(String) });
    await cluster.startMember('coordinator', 1);
    await eventually(opening, ({ status }) => status === 201);
    expect(await failures()).toEqual({});
  }, 60_000);
});

describe('a gateway', () => {
  test('told to stop under load answers what it has; every 202 is in the topic', async () => {
    const stopping = await GatewayProcess.start(cluster, { PAY_IN_DEADLINE_MS: '20000' });
    const accepted: string[] = [];
    const others: number[] = [];
    let refused = 0;
    const client = async (): Promise<void> => {
      for (;;) {
        try {
          const { status, body } = await stopping.call('POST', '/v1/pay-ins', payIn());
          if (status === 202) accepted.push(body['commandId'] as string);
          else others.push(status);
        } catch {
          refused += 1;
          return;
        }
      }
    };
    const clients = Array.from({ length: 16 }, client);
    await sleep(1_000);
    // On a machine that does much else a second brought no second answer to anybody.
    await eventually(
      async () => accepted.length,
      (count) => count > 16,
    );
    const code = await stopping.stop();
    await Promise.all(clients);
    expect(code).toBe(0);
    expect(refused).toBe(16);
    expect(others).toEqual([]);
    const inTopic = new Set(await storedIds());
    expect(accepted.length).toBeGreaterThan(16);
    expect(accepted.filter((id) => !inTopic.has(id))).toEqual([]);
  }, 60_000);

  test('told to stop while its broker is away is gone within three seconds', async () => {
    const stopping = await GatewayProcess.start(cluster, { PAY_IN_DEADLINE_MS: '30000' });
    await cluster.killMember('kafka', 1);
    try {
      const waiting = stopping.call('POST', '/v1/pay-ins', payIn());
      await sleep(300);
      const startMs = performance.now();
      expect(await stopping.stop()).toBe(0);
      expect(performance.now() - startMs).toBeLessThan(3_000);
      expect((await waiting).status).toBe(503);
    } finally {
      await cluster.startMember('kafka', 1);
    }
  }, 60_000);

  test("refuses another node's database", async () => {
    const wrong = await GatewayProcess.launch(cluster, { BILLING_NODE_ID: '2' });
    expect(await wrong.exit()).toBe(1);
    expect(wrong.log).toContain('node_id of the database is 1');
  }, 30_000);

  test('refuses an environment it cannot work with, all violations at once', async () => {
    const wrong = await GatewayProcess.launch(cluster, {
      KAFKA_BROKERS: 'nowhere',
      COORDINATOR_URL: 'nowhere',
    });
    expect(await wrong.exit()).toBe(2);
    expect(wrong.log).toMatch(/COORDINATOR_URL[^]*KAFKA_BROKERS|KAFKA_BROKERS[^]*COORDINATOR_URL/);
  }, 30_000);

  test('looks at no token from where too many were refused, until time has passed', async () => {
    const limited = await GatewayProcess.start(cluster, { HTTP_REFUSED_RATE_MAX: '5' });
    const ask = async (authorization: string): Promise<number> =>
      (await limited.call('GET', '/v1/services', undefined, { authorization })).status;
    const statuses: number[] = [];
    for (let n = 0; n < 20; n += 1) statuses.push(await ask('Bearer a.b.c'));
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses).toContain(429);
    await sleep(1_100);
    expect(await ask(`Bearer ${await cluster.signToken({ sub: 'calm' })}`)).toBe(200);
    expect(await limited.stop()).toBe(0);
  }, 30_000);
});
