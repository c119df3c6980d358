import { randomUUID } from 'node:crypto';
import type { Answer } from './gateway-process.js';
import { PayOutSite } from './pay-out-site.js';

// docs/api.md, Refunds. What the coordinator decides: tests/cluster/outages/refunds.spec.ts.
let site: PayOutSite;

beforeAll(async () => {
  site = await PayOutSite.start();
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

const refund = (
  payOutId: unknown,
  amount: string,
  more: object = {},
  headers: Record<string, string> = { 'idempotency-key': randomUUID() },
  at = site.gateway,
): Promise<Answer> =>
  at.call(
    'POST',
    `/v1/pay-outs/${String(payOutId)}/refunds`,
    { amount, currency: 'USD', ...more },
    headers,
  );

async function paid(amount: string): Promise<Record<string, unknown>> {
  const account = await site.openAccount(20, 20);
  return (await site.pay(account, amount)).body;
}

test('is made once under its key, shown with its pay-out and as one item of the history', async () => {
  const { payOutId, accountId } = await paid('12.00');
  const notes = { reference: 'return 12', metadata: { n: 1 } };
  const headers = { 'idempotency-key': `${randomUUID()}@dc1` };
  const first = await refund(payOutId, '2.5', notes, headers);
  expect(first).toMatchObject({ status: 201 });
  expect(first.body).toEqual({
    refundId: expect.any(String),
    payOutId,
    accountId,
    amount: '2.50',
    currency: 'USD',
    refunded: '2.50',
    remaining: '9.50',
    ...notes,
    createdAt: expect.any(String),
  });
  expect(first.headers.get('location')).toBe(`/v1/pay-outs/${String(payOutId)}`);
  const position = first.headers.get('billing-position')!;
  expect(position).toMatch(/^1\.\d+:\d+$/);
  expect(first.headers.get('idempotency-replayed')).toBeNull();
  const again = await refund(payOutId, '2.50', notes, headers, site.other);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const { refundId, createdAt } = first.body;
  const shown = { refundId, amount: '2.50', reference: 'return 12', createdAt };
  expect((await site.get(`/v1/pay-outs/${String(payOutId)}`, site.other)).body).toMatchObject({
    refunded: '2.50',
    refunds: [shown],
  });
  const path = `/v1/accounts/${String(accountId)}/transactions`;
  const history = await site.other.call('GET', path, undefined, { 'billing-after': position });
  const items = history.body['transactions'] as Record<string, unknown>[];
  expect(items.filter(({ type }) => type === 'refund')).toMatchObject([
    { operationId: refundId, amount: '2.50', node: 1, reference: 'return 12' },
  ]);
});

test('of a charge gives back what it came to, at most', async () => {
  const accountId = await site.openAccount(20, 20);
  const service = { name: randomUUID(), price: '50.00', currency: 'USD', unit: 'hour' };
  const serviceId = (await site.post('/v1/services', service)).body['id'];
  const charge = { accountId, serviceId, quantity: '0.5' };
  const key = { 'idempotency-key': randomUUID() };
  const { payOutId, amount } = (await site.post('/v1/charges', charge, key)).body;
  expect(amount).toBe('25.00');
  const too = await refund(payOutId, '25.01', {}, undefined, site.other);
  expect(too).toMatchObject({ status: 422, body: { remaining: '25.00' } });
  const most = await refund(payOutId, '24.99', {}, undefined, site.other);
  expect(most).toMatchObject({ status: 201, body: { remaining: '0.01' } });
  expect((await site.get(`/v1/pay-outs/${String(payOutId)}`)).body).toMatchObject({
    charge: { serviceId, quantity: '0.5' },
    refunded: '24.99',
  });
  expect((await site.balance(accountId)).body['total']).toBe('39.99');
});

test('of a capture is shown with its hold, its capture and the history, and is of what that captured', async () => {
  const accountId = await site.openAccount(20, 20);
  const headers = (): Record<string, string> => ({ 'idempotency-key': `${randomUUID()}@dc1` });
  const held = { accountId, amount: '30.00', currency: 'USD' };
  const { holdId } = (await site.post('/v1/holds', held, headers())).body;
  const path = `/v1/holds/${String(holdId)}`;
  const capture = { amount: '25.00', currency: 'USD' };
  const key = headers();
  const captured = await site.post(`${path}/capture`, capture, key);
  const { captureId } = captured.body;
  const refunds = `${path}/captures/${String(captureId)}/refunds`;
  const notes = { reference: 'return 13', metadata: { n: 1 } };
  const order = { amount: '2.5', currency: 'USD', ...notes };
  const same = { 'idempotency-key': randomUUID() };
  const first = await site.other.call('POST', refunds, order, same);
  expect(first).toMatchObject({ status: 201 });
  expect(first.body).toEqual({
    refundId: expect.any(String),
    holdId,
    captureId,
    accountId,
    amount: '2.50',
    currency: 'USD',
    refunded: '2.50',
    remaining: '22.50',
    ...notes,
    createdAt: expect.any(String),
  });
  expect(first.headers.get('location')).toBe(path);
  const position = first.headers.get('billing-position')!;
  expect(position).toMatch(/^1\.\d+:\d+$/);
  const again = await site.post(refunds, order, same);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const conflict = await site.post(refunds, { ...order, amount: '2.51' }, same);
  expect(conflict).toMatchObject({ status: 422, body: { type: '/problems/idempotency-conflict' } });
  const money = { amount: '22.51', currency: 'USD' };
  expect(await site.post(refunds, money, headers())).toMatchObject({
    status: 422,
    body: { type: '/problems/refund-exceeded', holdId, captureId, remaining: '22.50' },
  });
  const unknown = `${path}/captures/${randomUUID()}/refunds`;
  expect(await site.post(unknown, money, headers())).toMatchObject({
    status: 404,
    body: { holdId },
  });
  const { refundId, createdAt } = first.body;
  expect((await site.get(path, site.other)).body).toMatchObject({
    captured: '25.00',
    refunded: '2.50',
    refunds: [{ refundId, captureId, amount: '2.50', reference: 'return 13', createdAt }],
  });
  expect((await site.post(`${path}/capture`, capture, key)).body).toMatchObject({
    captureId,
    captured: '25.00',
    refunded: '2.50',
  });
  const after = { 'billing-after': position };
  const history = `/v1/accounts/${String(accountId)}/operations?type=refund`;
  const { operations } = (await site.gateway.call('GET', history, undefined, after)).body;
  expect(operations).toMatchObject([
    { type: 'refund', refundId, holdId, captureId, amount: '2.50', ...notes },
  ]);
});

test('its key is known to the other datacenters: a pay-out under it is a conflict there', async () => {
  const { payOutId, accountId } = await paid('12.00');
  const key = { 'idempotency-key': randomUUID() };
  const made = await refund(payOutId, '2.00', {}, key);
  expect(made.status).toBe(201);
  const order = { accountId, amount: '1.00', currency: 'USD' };
  const headers = { ...key, 'billing-after': made.headers.get('billing-position')! };
  const answer = await site.other.call('POST', '/v1/pay-outs', order, headers);
  expect(answer).toMatchObject({ status: 422, body: { type: '/problems/idempotency-conflict' } });
});

test.each<[string, object, Record<string, string>, number, object]>([
  ['more than is left', { amount: '12.01' }, {}, 422, { remaining: '12.00', retryable: false }],
  ['another currency', { currency: 'EUR' }, {}, 422, { accountCurrency: 'USD' }],
  ['no amount', { amount: '-1.00' }, {}, 400, { errors: [{ field: 'amount' }] }],
  ['what it does not know', { drain: 'any' }, {}, 400, { errors: [{ field: 'drain' }] }],
  [
    'another home',
    {},
    { 'idempotency-home': 'dc2' },
    400,
    { errors: [{ field: 'Idempotency-Home' }] },
  ],
  ['no key', {}, { 'idempotency-key': '' }, 400, { errors: [{ field: 'Idempotency-Key' }] }],
])('is refused for %s', async (_, more, headers, status, body) => {
  const { payOutId } = await paid('12.00');
  const key = { 'idempotency-key': randomUUID() };
  const answer = await refund(payOutId, '1.00', more, { ...key, ...headers });
  expect(answer).toMatchObject({ status, body });
});
