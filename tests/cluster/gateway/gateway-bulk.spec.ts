import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, untilClean } from '@billing/testing';
import { PayOutSite } from './pay-out-site.js';
import { head, RawClient, statusesOf } from './raw-client.js';

// Bulks of pay-outs and charges (docs/api.md), at the gateways of two datacenters.
let site: PayOutSite;

beforeAll(async () => {
  site = await PayOutSite.start();
}, 180_000);

afterAll(() => site?.destroy(), 60_000);

interface Result {
  readonly index: number;
  readonly status: number;
  readonly replayed?: boolean;
  readonly rest?: boolean;
  readonly position?: string;
  readonly body: Record<string, unknown>;
}

const LINES = 'application/x-ndjson';

const itemOf = (
  account: string,
  amount: string,
  key: string = randomUUID(),
  more: object = {},
) => ({
  accountId: account,
  amount,
  currency: 'USD',
  idempotencyKey: key,
  ...more,
});

/** Asked with this body, whatever it is made of. */
function send(
  body: NonNullable<RequestInit['body']>,
  type = 'application/json',
  path = '/v1/pay-outs/bulk',
  signal?: AbortSignal,
): Promise<Response> {
  const { url, token } = site.gateway;
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body,
    duplex: 'half',
    ...(signal && { signal }),
  } as RequestInit);
}

async function pay(items: readonly unknown[], path?: string): Promise<Result[]> {
  const answer = await send(JSON.stringify(items), undefined, path);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.status).toBe(200);
  return (await answer.json()) as Result[];
}

const linesOf = (text: string): Result[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);

test('pays each item under its key, and answers in their order; the same again is answered alike', async () => {
  const account = await site.openAccount(50, 30);
  const key = randomUUID();
  const items = [
    itemOf(account, '5.00', key, { reference: 'first', metadata: { n: 1 } }),
    itemOf(account, '-1'),
    itemOf(account, '60.00'),
    itemOf(account, '100.00'),
    itemOf(account, '1.00', key),
    itemOf('999999937', '1.00'),
    { ...itemOf(account, '1.00'), home: 'dc0' },
    { ...itemOf(account, '1.00'), idempotencyKey: undefined },
    7,
    itemOf(account, '', undefined, { amount: undefined, upTo: '90.00', home: 'dc1' }),
    { ...itemOf(account, '1.00'), home: 'dc2' },
  ];
  const results = await pay(items);
  expect(results.map(({ index }) => index)).toEqual(items.map((_, index) => index));
  // The two that drain the account take turns: what the second may have, nobody can say.
  const statuses = results.map(({ status }) => status);
  expect(statuses.slice(0, 9)).toEqual([201, 400, 201, 422, expect.anything(), 404, 400, 400, 400]);
  expect(results[0]!.body).toMatchObject({
    amount: '5.00',
    reference: 'first',
    metadata: { n: 1 },
    status: 'committed',
  });
  expect(results[0]!.position).toMatch(/^1\.1:\d+/);
  expect(results[1]!.body).toMatchObject({ errors: [{ field: 'amount' }] });
  expect(results[3]!.body).toMatchObject({ type: '/problems/insufficient-funds' });
  expect([409, 422]).toContain(results[4]!.status);
  expect(results[6]!.body).toMatchObject({ errors: [{ field: 'home' }] });
  expect(results[7]!.body).toMatchObject({ errors: [{ field: 'idempotencyKey' }] });
  expect(results[8]!.body).toMatchObject({ errors: [{ field: '' }] });
  expect(results[9]).toMatchObject({ status: 201, body: { upTo: '90.00' } });
  const again = await pay(items);
  const paid = (all: readonly Result[]): unknown[] =>
    all.filter(({ status }) => status === 201).map(({ body }) => body['payOutId']);
  expect(paid(again)).toEqual(expect.arrayContaining(paid(results)));
  expect(again[0]).toMatchObject({ replayed: true, body: results[0]!.body });
  await untilClean(site.ledgers);
});

test('takes a line each, and tells what of it is none', async () => {
  const account = await site.openAccount(50, 0);
  const lines = [
    JSON.stringify(itemOf(account, '1.00')),
    '{"accountId":',
    '',
    JSON.stringify(itemOf(account, '2.00')),
  ];
  const answer = await send(lines.join('\n'), LINES);
  expect(answer.headers.get('content-type')).toBe(LINES);
  const results = linesOf(await answer.text());
  expect(results.map(({ index, status }) => [index, status])).toEqual([
    [0, 201],
    [1, 400],
    [2, 201],
  ]);
  expect(results[1]!.body).toMatchObject({ errors: [{ field: '', message: 'must be JSON' }] });
});

test('says from where on nothing was taken: an array that is none any more, and too many', async () => {
  const account = await site.openAccount(50, 0);
  const good = JSON.stringify(itemOf(account, '1.00'));
  const broken = await send(`[${good},{"accountId":}`);
  expect(broken.status).toBe(200);
  const rest = (await broken.json()) as Result[];
  expect(rest).toMatchObject([
    { index: 0, status: 201 },
    { index: 1, status: 400, rest: true, body: { type: '/problems/invalid-request' } },
  ]);
  const bad = JSON.stringify(itemOf(account, '-1'));
  const many = await send(Array.from({ length: 10_001 }, () => bad).join('\n'), LINES);
  const results = linesOf(await many.text());
  expect(results).toHaveLength(10_001);
  expect(results.at(-1)).toMatchObject({ index: 10_000, status: 413, rest: true });
  expect(new Set(results.slice(0, -1).map(({ status }) => status))).toEqual(new Set([400]));
  const { body } = await site.balance(account);
  expect(body['total']).toBe('49.00');
});

test.each([
  ['nothing', ''],
  ['no array', '{}'],
  ['an empty one', '[]'],
])('is refused as a whole where it is %s', async (_, body) => {
  const answer = await send(body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ type: '/problems/invalid-request' });
});

test('answers while it is being sent, and stops with its client', async () => {
  const account = await site.openAccount(50, 0);
  const line = (): Uint8Array =>
    new TextEncoder().encode(`${JSON.stringify(itemOf(account, '1.00'))}\n`);
  let feed!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) });
  const abort = new AbortController();
  const sending = send(body, LINES, undefined, abort.signal);
  feed.enqueue(line());
  const answer = await sending;
  const reader = answer.body!.getReader();
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).toContain('"index":0,"status":201');
  abort.abort();
  await reader.read().catch(() => undefined);
  await sleep(200);
  await eventually(
    () => site.balance(account),
    ({ body }) => body['total'] === '49.00',
  );
});

describe('of clients that neither send nor read', () => {
  const beginBulk = async (url: string, account: string): Promise<RawClient> => {
    const client = RawClient.open(url, site.gateway.token);
    await client.write(
      head('POST', '/v1/pay-outs/bulk', { 'content-type': LINES, 'content-length': '9999' }),
    );
    await client.write(`${JSON.stringify(itemOf(account, '0.01'))}\n{"half":`);
    return client;
  };

  test('each is let go, and what it had sent is answered', async () => {
    const account = await site.openAccount(1, 0);
    const hasty = await site.startGateway({
      HTTP_REQUEST_TIMEOUT_MS: '1000',
      PAY_OUT_DEADLINE_MS: '500',
      PAY_OUT_DEADLINE_MAX_MS: '500',
    });
    try {
      const answer = await (await beginBulk(hasty.url, account)).answer();
      expect(statusesOf(answer)).toEqual([200]);
      expect(answer).toContain('"index":0,"status":201');
      expect(hasty.log).not.toMatch(/"level":(50|60)/);
    } finally {
      await hasty.stop();
    }
  }, 60_000);

  test('there are 20 at most of one client', async () => {
    const account = await site.openAccount(1, 0);
    const begun = Array.from({ length: 20 }, () => beginBulk(site.gateway.url, account));
    const clients = await Promise.all(begun);
    await eventually(
      () => site.balance(account),
      ({ body }) => body['total'] === '0.80',
    );
    const refused = await send(JSON.stringify([itemOf(account, '0.01')]));
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ type: '/problems/too-many-requests' });
    for (const client of clients) client.end();
    await eventually(
      async () => (await send(JSON.stringify([itemOf(account, '0.01')]))).status,
      (status) => status === 200,
    );
  });
});

test('charges for services alike', async () => {
  const account = await site.openAccount(50, 0);
  const named = { name: randomUUID(), price: '0.50', currency: 'USD' };
  const made = await site.post('/v1/services', named, { 'idempotency-key': randomUUID() });
  const serviceId = made.body['serviceId'] ?? made.body['id'];
  const item = { accountId: account, serviceId, quantity: '3', idempotencyKey: randomUUID() };
  const results = await pay([item, { ...item, amount: '1' }], '/v1/charges/bulk');
  expect(results).toMatchObject([
    { index: 0, status: 201, body: { amount: '1.50', charge: { quantity: '3' } } },
    { index: 1, status: 400, body: { errors: [{ field: 'amount' }] } },
  ]);
});

test('takes thousands in a few calls of the coordinator, faster than one after the other', async () => {
  const accounts = await Promise.all(Array.from({ length: 8 }, () => site.openAccount(500, 0)));
  const items = Array.from({ length: 4_000 }, (_, i) => itemOf(accounts[i % 8]!, '0.01'));
  const beganMs = performance.now();
  const results = await pay(items);
  const perSecond = (items.length / (performance.now() - beganMs)) * 1_000;
  expect(results.every(({ status }) => status === 201)).toBe(true);
  const oneMs = performance.now();
  for (const account of accounts) expect((await site.pay(account, '0.01')).status).toBe(201);
  const alone = (accounts.length / (performance.now() - oneMs)) * 1_000;
  console.info(`bulk ${perSecond.toFixed(0)}/s, one after the other ${alone.toFixed(0)}/s`);
  expect(perSecond).toBeGreaterThan(alone);
}, 90_000);
