import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BillingClient, OutcomeUnknownError, type PayOutAnswer } from '@billing/client';
import { homeOfKey } from '@billing/contracts';
import { untilClean } from '@billing/testing';
import { essence } from './gateway-process.js';
import { PayOutSite } from './pay-out-site.js';

// Clients of dc1 that turn to dc2 whenever dc1 is silent (docs/key-homes.md), while its gateway, its coordinator and its
// PostgreSQL freeze and end under them.

let site: PayOutSite;
let client: BillingClient;

beforeAll(async () => {
  site = await PayOutSite.start();
  client = new BillingClient({
    datacenters: [
      { nodeId: 1, url: site.gateway.url },
      { nodeId: 2, url: site.other.url },
    ],
    token: await site.cluster.signToken({ sub: 'shop' }),
    attemptTimeoutMs: 2_000,
    giveUpMs: 20_000,
  });
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

describe('a pay-out', () => {
  test('whose key has its home elsewhere is decided there, by key or header alike', async () => {
    const account = await site.openAccount(50, 50);
    const body = { accountId: account, amount: '30.00', currency: 'USD' };
    for (const headers of [
      { 'idempotency-key': `${randomUUID()}@dc2` },
      { 'idempotency-key': randomUUID(), 'idempotency-home': 'dc2' },
    ]) {
      const paid = await site.post('/v1/pay-outs', body, headers);
      expect(paid).toMatchObject({
        status: 201,
        body: { payOutId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8002-/) },
      });
      for (const from of [site.gateway, site.other]) {
        const again = await from.call('POST', '/v1/pay-outs', body, headers);
        expect(essence(again)).toEqual({ status: 201, body: paid.body });
        expect(again.headers.get('idempotency-replayed')).toBe('true');
      }
    }
    await site.untilBalance(account, [40, 0]);
  });

  test.each([
    ['another home than its key names', { 'idempotency-home': 'dc1' }, 422, 'idempotency-conflict'],
    ['no home', { 'idempotency-home': 'nowhere' }, 400, 'invalid-request'],
    [
      'a home that is not there',
      { 'idempotency-home': 'dc9', 'idempotency-key': 'k' },
      400,
      'invalid-request',
    ],
  ])('with %s is refused', async (_, more, status, type) => {
    const account = await site.openAccount(50, 0);
    const body = { accountId: account, amount: '1.00', currency: 'USD' };
    const headers = { 'idempotency-key': `${randomUUID()}@dc2`, ...more };
    const refused = await site.post('/v1/pay-outs', body, headers);
    expect(refused.status).toBe(status);
    expect(refused.body['type']).toMatch(new RegExp(`/${type}$`));
    if (status === 400) {
      expect(refused.body['errors']).toMatchObject([{ field: 'Idempotency-Home' }]);
    }
  });
});

/** Asked under its key until somebody knows. */
async function payOne(accountId: string): Promise<PayOutAnswer> {
  const order = { accountId, amount: '1.00', currency: 'USD' };
  try {
    return await client.payOut(order);
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) throw error;
    return client.payOut(order, error.idempotencyKey);
  }
}

async function freezeGateway(): Promise<void> {
  site.gateway.signal('SIGSTOP');
  await sleep(3_000);
  site.gateway.signal('SIGCONT');
}

async function restart(kind: 'coordinator' | 'postgres'): Promise<void> {
  await site.cluster.killMember(kind, 1);
  await sleep(1_000);
  await site.cluster.startMember(kind, 1);
}

async function freeze(kind: 'coordinator' | 'postgres'): Promise<void> {
  await site.cluster.pauseMember(kind, 1);
  await sleep(3_000);
  await site.cluster.resumeMember(kind, 1);
}

/** Whether dc2 can bring them to their home meanwhile. */
const failures: readonly (readonly [string, () => Promise<void>, boolean])[] = [
  ['its gateway freezes', freezeGateway, true],
  ['its coordinator is killed', () => restart('coordinator'), true],
  ['its coordinator freezes', () => freeze('coordinator'), true],
  ['its PostgreSQL freezes', () => freeze('postgres'), false],
  ['its PostgreSQL is killed', () => restart('postgres'), false],
];

test.each(failures)(
  'clients go on elsewhere while %s, and each of them pays once',
  async (_, strike, isHomeThere) => {
    const accountId = await site.openAccount(500, 500);
    let isOver = false;
    const answers: PayOutAnswer[] = [];
    const payers = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        answers.push(await payOne(accountId));
        await sleep(20);
      }
    });
    await sleep(300);
    await strike();
    await sleep(300);
    isOver = true;
    await Promise.all(payers);
    await untilClean(site.ledgers, 30_000);

    const { body } = await site.balance(accountId);
    expect(body['total']).toBe((1_000 - answers.length).toFixed(2));
    expect(new Set(answers.map(({ payOut }) => payOut.payOutId)).size).toBe(answers.length);
    const heardBy = new Set(answers.map((answer) => answer.heardBy));
    expect(heardBy).toContain(1);
    if (isHomeThere) expect(heardBy).toContain(2);
    for (const { idempotencyKey, payOut } of answers) {
      expect(payOut.payOutId).toMatch(new RegExp(`-800${homeOfKey(idempotencyKey)}-`));
    }
  },
  120_000,
);

test('a datacenter that is gone refuses no first attempt', async () => {
  const accountId = await site.openAccount(10, 10);
  await Promise.all([
    site.cluster.killMember('postgres', 1),
    site.cluster.killMember('coordinator', 1),
  ]);
  site.gateway.signal('SIGKILL');
  await site.gateway.exit();
  // A request over a connection that is just being closed may have arrived: that one is in doubt.
  await sleep(200);
  const answer = await client.payOut({ accountId, amount: '7.00', currency: 'USD' });
  expect(answer).toMatchObject({ heardBy: 2, replayed: false });
  expect(homeOfKey(answer.idempotencyKey)).toBe(2);
  expect(answer.payOut.parts).toEqual([{ node: 2, amount: '7.00' }]);
  expect(await client.balance(accountId)).toMatchObject({
    heardBy: 2,
    staleMs: undefined,
    body: { total: '13.00', clawback: '0.00' },
  });
}, 60_000);
