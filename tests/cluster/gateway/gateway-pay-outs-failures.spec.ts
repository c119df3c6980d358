import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, untilClean } from '@billing/testing';
import { essence, problem } from './gateway-process.js';
import { MARGIN_MS, PayOutSite, timed } from './pay-out-site.js';

const SLACK_MS = 900;

let site: PayOutSite;

beforeAll(async () => {
  site = await PayOutSite.start();
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

describe('without another part', () => {
  test('the other datacenter: what it has is stranded, what is here is paid', async () => {
    const account = await site.openAccount(10, 20);
    const key = randomUUID();
    await site.cluster.stopMember('postgres', 2);
    let payOutId: unknown;
    try {
      const refused = await site.pay(account, '25.00', {}, key);
      expect(essence(refused)).toEqual(problem('insufficient-reachable-funds', 503));
      expect(refused.body).toMatchObject({
        available: '10.00',
        stranded: '20.00',
        unreachableNodes: [2],
        retryable: true,
      });
      payOutId = refused.body['payOutId'];
      expect((await site.balance(account)).body).toMatchObject({
        total: '30.00',
        spendable: '10.00',
        stranded: '20.00',
        parts: [{ reachable: true }, { reachable: false }],
      });
      const preview = { accountId: account, amount: '25.00', currency: 'USD' };
      expect((await site.post('/v1/pay-outs/preview', preview)).body).toMatchObject({
        covered: false,
        stranded: '20.00',
        unreachableNodes: [2],
      });
      expect((await site.pay(account, '1.00')).status).toBe(201);
    } finally {
      await site.cluster.startMember('postgres', 2);
    }
    const { body } = await eventually(
      () => site.pay(account, '25.00', {}, key),
      ({ status }) => status === 201,
    );
    expect(body).toMatchObject({ payOutId, status: 'committed' });
  }, 60_000);

  test('the database: refused or of unknown outcome, and paid once when it is back', async () => {
    const account = await site.openAccount(10, 0);
    const key = randomUUID();
    await site.cluster.stopMember('postgres', 1);
    try {
      const { answer, ms } = await timed(site.pay(account, '4.00', { deadlineMs: 2_000 }, key));
      expect(answer.status).toBe(503);
      expect(answer.body['type']).toMatch(/\/(unavailable|outcome-unknown)$/);
      expect(answer.body['retryable']).toBe(true);
      expect(JSON.stringify(answer.body)).not.toMatch(/ECONNREFUSED|billing_coordinator|127\.0/);
      expect(ms).toBeLessThan(2_000 + MARGIN_MS + SLACK_MS);
    } finally {
      await site.cluster.startMember('postgres', 1);
    }
    await eventually(
      () => site.pay(account, '4.00', {}, key),
      ({ status }) => status === 201,
    );
    await site.untilBalance(account, [6, 0]);
  }, 60_000);

  test('the coordinator: nothing is sent and at once so, and paid when it is back', async () => {
    const account = await site.openAccount(10, 0);
    const key = randomUUID();
    await site.cluster.killMember('coordinator', 1);
    try {
      // Until the gateway has noticed, a request may be on its way to nobody: of unknown outcome.
      const refused = await eventually(
        () => site.pay(account, '4.00', {}, key),
        ({ body }) => String(body['type']).endsWith('/unavailable'),
        2_000,
      );
      expect(essence(refused)).toEqual(problem('unavailable', 503));
      expect(refused.body['detail']).toContain('nothing was sent');
      expect(refused.body['retryable']).toBe(true);
      for (const path of ['/v1/pay-outs/preview', '/v1/pay-outs']) {
        const body = { accountId: account, amount: '4.00', currency: 'USD' };
        const { answer, ms } = await timed(site.post(path, body, { 'idempotency-key': key }));
        expect(answer.status).toBe(503);
        expect(ms).toBeLessThan(SLACK_MS);
      }
    } finally {
      await site.cluster.startMember('coordinator', 1);
    }
    const { answer, ms } = await timed(
      eventually(
        () => site.pay(account, '4.00', {}, key),
        ({ status }) => status === 201,
      ),
    );
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
    expect(ms).toBeLessThan(3_000);
    await site.untilBalance(account, [6, 0]);
  }, 60_000);

  test('that stopped answering: the outcome is unknown, and the same key tells it', async () => {
    const account = await site.openAccount(10, 0);
    const keys = [randomUUID(), randomUUID()];
    await site.pay(account, '1.00');
    await site.cluster.pauseMember('coordinator', 1);
    const late = await timed(site.pay(account, '2.00', { deadlineMs: 300 }, keys[0]));
    expect(essence(late.answer)).toEqual(problem('outcome-unknown', 503));
    expect(late.ms).toBeGreaterThan(300 + MARGIN_MS - 50);
    expect(late.ms).toBeLessThan(300 + MARGIN_MS + SLACK_MS);
    expect(late.answer.headers.get('retry-after')).toBe('1');

    const broken = site.pay(account, '3.00', { deadlineMs: 20_000 }, keys[1]);
    await sleep(200);
    await site.cluster.killMember('coordinator', 1);
    await site.cluster.startMember('coordinator', 1);
    expect(essence(await broken)).toEqual(problem('outcome-unknown', 503));

    for (const [index, amount] of ['2.00', '3.00'].entries()) {
      await eventually(
        () => site.pay(account, amount, {}, keys[index]),
        ({ status }) => status === 201,
      );
    }
    await site.untilBalance(account, [4, 0]);
  }, 60_000);

  test('the coordinator killed again and again under load, every key is paid exactly once', async () => {
    const account = await site.openAccount(5_000, 5_000);
    let loading = true;
    let paid = 0;
    const kinds = new Set<unknown>();
    const client = async (): Promise<void> => {
      while (loading) {
        const key = randomUUID();
        const answer = await eventually(
          async () => {
            const one = await site.pay(account, '1.00', {}, key);
            if (one.status !== 201) kinds.add(one.body['type']);
            return one;
          },
          ({ status }) => status === 201,
        );
        expect(answer.body['parts']).toEqual([{ node: 1, amount: '1.00' }]);
        paid += 1;
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (let round = 0; round < 2; round += 1) {
      await sleep(700);
      await site.cluster.killMember('coordinator', 1);
      await sleep(700);
      await site.cluster.startMember('coordinator', 1);
    }
    await sleep(700);
    loading = false;
    await Promise.all(clients);
    await site.untilBalance(account, [5_000 - paid, 5_000]);
    const names = [...kinds].map((kind) => String(kind).split('/').at(-1)!).sort();
    expect(names).toContain('unavailable');
    expect(
      names.filter((n) => !['unavailable', 'outcome-unknown', 'in-progress'].includes(n)),
    ).toEqual([]);
    expect(site.gateway.log).not.toMatch(/unhandled|"level":(50|60)/i);
  }, 90_000);
});

test('a gateway told to stop under load answers what it has', async () => {
  const account = await site.openAccount(5_000, 0);
  const stopping = await site.startGateway();
  const statuses = new Set<number>();
  let paid = 0;
  let refused = 0;
  const body = { accountId: account, amount: '1.00', currency: 'USD' };
  const client = async (): Promise<void> => {
    for (;;) {
      const headers = { 'idempotency-key': randomUUID() };
      try {
        const { status } = await stopping.call('POST', '/v1/pay-outs', body, headers);
        statuses.add(status);
        paid += 1;
      } catch {
        refused += 1;
        return;
      }
    }
  };
  const clients = Array.from({ length: 16 }, client);
  await sleep(700);
  expect(await stopping.stop()).toBe(0);
  await Promise.all(clients);
  expect([refused, [...statuses]]).toEqual([16, [201]]);
  await site.untilBalance(account, [5_000 - paid, 0]);
}, 60_000);

test('in the end nothing is in doubt anywhere', async () => {
  await untilClean(site.ledgers);
}, 30_000);
