import { randomUUID } from 'node:crypto';
import { eventually, untilClean } from '@billing/testing';
import type { Answer, GatewayProcess } from './gateway-process.js';
import { PayOutSite } from './pay-out-site.js';

// docs/charges.md, by the gateways of two datacenters. The catalogue's home is the first.
let site: PayOutSite;

beforeAll(async () => {
  site = await PayOutSite.start();
}, 180_000);

afterAll(() => site?.destroy(), 60_000);

const post = (
  path: string,
  body: object,
  from: GatewayProcess = site.gateway,
  key: string = randomUUID(),
  headers: Record<string, string> = {},
): Promise<Answer> => from.call('POST', path, body, { 'idempotency-key': key, ...headers });

/** A service that both datacenters know at this price. */
async function makeService(price: string, more: object = {}): Promise<string> {
  const name = randomUUID();
  const made = await post('/v1/services', { name, price, currency: 'USD', ...more });
  expect(made.status).toBe(201);
  const id = made.body['id'] as string;
  expect(made.headers.get('location')).toBe(`/v1/services/${id}`);
  await untilPrice(id, price);
  return id;
}

async function untilPrice(id: string, price: string): Promise<void> {
  for (const gateway of [site.gateway, site.other]) {
    await eventually(
      () => site.get(`/v1/services/${id}`, gateway),
      ({ body }) => body['price'] === price,
    );
  }
}

const charge = (
  account: string,
  serviceId: string,
  quantity: string,
  from?: GatewayProcess,
  key?: string,
  headers?: Record<string, string>,
): Promise<Answer> =>
  post('/v1/charges', { accountId: account, serviceId, quantity }, from, key, headers);

describe('the catalogue', () => {
  test('is changed from any datacenter, and a change may be repeated', async () => {
    const body = { name: randomUUID(), price: '0.0125', currency: 'USD', unit: 'MB' };
    const made = await post('/v1/services', body, site.other);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...body, prices: [{ price: '0.0125' }] });
    const id = made.body['id'] as string;
    const position = made.headers.get('billing-position') ?? '';
    const read = await site.other.call('GET', `/v1/services/${id}`, undefined, {
      'billing-after': position,
    });
    expect(read.headers.get('billing-stale')).toBeNull();
    expect(read.body).toMatchObject(body);
    const again = await post('/v1/services', body);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body['id']).toBe(id);
    const other = await post('/v1/services', { ...body, unit: 'GB' });
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ type: '/problems/service-exists', serviceId: id });
  });

  test('has prices from a time on, and none of the past', async () => {
    const id = await makeService('5.00');
    const from = '2100-01-01T00:00:00Z';
    const coming = await post(`/v1/services/${id}/prices`, { price: '6.5', validFrom: from });
    expect(coming.status).toBe(201);
    expect(coming.body).toMatchObject({ price: '5.00' });
    expect(coming.body['prices']).toMatchObject([
      { validFrom: '2100-01-01T00:00:00.000Z', price: '6.50' },
      { price: '5.00' },
    ]);
    const past = await post(`/v1/services/${id}/prices`, {
      price: '7',
      validFrom: '2020-01-01T00:00:00Z',
    });
    expect(past.status).toBe(400);
    expect(past.body['errors']).toMatchObject([{ field: 'validFrom' }]);
    const unknown = await post('/v1/services/999999/prices', { price: '7' });
    expect(unknown.body).toMatchObject({ status: 404, serviceId: '999999' });
    const bad = await post('/v1/services', { name: ' ', price: '-1', currency: 'XXX', unit: '' });
    expect(bad.status).toBe(400);
    expect((bad.body['errors'] as { field: string }[]).map(({ field }) => field)).toEqual([
      'name',
      'price',
      'currency',
      'unit',
    ]);
  });

  test('says who changed it', async () => {
    const id = await makeService('5.00');
    await post(`/v1/services/${id}/retire`, {});
    const token = await site.cluster.signToken({ sub: 'operator', tenant: '*' });
    const acts = await site.gateway.call('GET', `/v1/acts?objectId=${id}`, undefined, {
      authorization: `Bearer ${token}`,
    });
    expect(acts.body['items']).toMatchObject([
      { act: 'retire_service', after: { price: '5.00', retired: true } },
      { act: 'create_service', before: null, after: { price: '5.00', retired: false } },
    ]);
  });
});

describe('a charge', () => {
  test('is a pay-out of price times quantity, with the price in it', async () => {
    const account = await site.openAccount(100, 100);
    const id = await makeService('0.0125', { unit: 'MB' });
    const charged = await charge(account, id, '201.0');
    expect(charged.status).toBe(201);
    expect(charged.body).toMatchObject({
      accountId: account,
      amount: '2.51',
      currency: 'USD',
      status: 'committed',
      charge: { serviceId: id, quantity: '201', price: '0.0125', unit: 'MB' },
    });
    const location = charged.headers.get('location') ?? '';
    for (const gateway of [site.gateway, site.other]) {
      expect((await site.get(location, gateway)).body).toEqual(charged.body);
    }
    await site.untilBalance(account, [97.49, 100]);
  });

  test('that this part does not cover is drained for', async () => {
    const account = await site.openAccount(1, 100);
    const id = await makeService('50.00');
    const charged = await charge(account, id, '2');
    expect(charged.body).toMatchObject({
      amount: '100.00',
      parts: [
        { node: 1, amount: '1.00' },
        { node: 2, amount: '99.00' },
      ],
      charge: { price: '50.00' },
    });
    const short = await charge(account, id, '2');
    expect(short.body).toMatchObject({ type: '/problems/insufficient-funds', available: '1.00' });
  });

  test('repeated after a new price has that of then, at any datacenter, with a home or without', async () => {
    const account = await site.openAccount(100, 100);
    const id = await makeService('5.00');
    const [bare, homed, drained] = [randomUUID(), randomUUID(), randomUUID()];
    const home = { 'idempotency-home': 'dc2' };
    const first = [
      await charge(account, id, '2', site.gateway, bare),
      await charge(account, id, '2', site.gateway, homed, home),
      await charge(account, id, '25', site.gateway, drained),
    ];
    expect(first.map(({ body }) => body['amount'])).toEqual(['10.00', '10.00', '125.00']);
    expect((await post(`/v1/services/${id}/prices`, { price: '7' })).status).toBe(201);
    await untilPrice(id, '7.00');
    // Longer than a coordinator keeps its list of prices.
    await eventually(
      () => charge(account, id, '0.01', site.other),
      ({ body }) => body['amount'] === '0.07',
    );
    for (const gateway of [site.gateway, site.other]) {
      const again = [
        await charge(account, id, '2.00', gateway, bare),
        await charge(account, id, '2', gateway, homed, home),
        await charge(account, id, '25', gateway, drained),
      ];
      for (const [index, { status, body, headers }] of again.entries()) {
        expect(headers.get('idempotency-replayed')).toBe('true');
        expect({ status, body }).toEqual({ status: 201, body: first[index]!.body });
      }
    }
    const other = await charge(account, id, '3', site.gateway, bare);
    expect(other.body).toMatchObject({ status: 422, type: '/problems/idempotency-conflict' });
    await untilClean(site.ledgers);
  });

  test('of a retired service is refused, but what was charged before is told', async () => {
    const account = await site.openAccount(100, 0);
    const id = await makeService('5.00');
    const key = randomUUID();
    const first = await charge(account, id, '1', site.gateway, key);
    const retired = await post(`/v1/services/${id}/retire`, {});
    expect(retired.body).toMatchObject({ id, price: '5.00' });
    expect(retired.body).toHaveProperty('retiredAt');
    await eventually(
      () => charge(account, id, '1'),
      ({ body }) => body['type'] === '/problems/service-retired',
    );
    const again = await charge(account, id, '1', site.gateway, key);
    expect({ status: again.status, body: again.body }).toEqual({ status: 201, body: first.body });
    const conflict = await charge(account, id, '2', site.gateway, key);
    expect(conflict.body).toMatchObject({ type: '/problems/idempotency-conflict' });
  });

  test('of a service that has not been heard of here is told when its key has charged', async () => {
    const account = await site.openAccount(100, 0);
    const [second] = site.ledgers.slice(1);
    const subscription = 'subscription_from_node1_to_node2';
    await second!.rows(`select pglogical.alter_subscription_disable('${subscription}', true)`);
    try {
      const made = await post('/v1/services', { name: randomUUID(), price: '5', currency: 'USD' });
      const id = made.body['id'] as string;
      const [key, home] = [randomUUID(), { 'idempotency-home': 'dc1' }];
      const first = await charge(account, id, '2', site.gateway, key, home);
      expect(first.status).toBe(201);
      const again = await charge(account, id, '2', site.other, key, home);
      expect({ status: again.status, body: again.body }).toEqual({ status: 201, body: first.body });
      const conflict = await charge(account, id, '3', site.other, key, home);
      expect(conflict.body).toMatchObject({ type: '/problems/idempotency-conflict' });
      const other = await charge(account, id, '2', site.other, randomUUID(), home);
      expect(other.body).toMatchObject({ status: 404, serviceId: id });
    } finally {
      await second!.rows(`select pglogical.alter_subscription_enable('${subscription}', true)`);
    }
  });

  test.each([
    ['a service that there is not', { serviceId: '999999' }, 404, undefined],
    ['nothing of it', { quantity: '0' }, 400, 'quantity'],
    ['so little that it costs nothing', { quantity: '0.0001' }, 400, 'quantity'],
    ['more than can be moved', { quantity: '99999999999999' }, 400, 'quantity'],
    ['an amount of its own', { amount: '1.00' }, 400, 'amount'],
    ['a service without a number', { serviceId: 'x' }, 400, 'serviceId'],
  ])('of %s is refused', async (_, change, status, field) => {
    const account = await site.openAccount(10, 0);
    const id = await makeService('5.00');
    const body = { accountId: account, serviceId: id, quantity: '1', ...change };
    const refused = await post('/v1/charges', body);
    expect(refused.status).toBe(status);
    const errors = refused.body['errors'] as { field: string }[] | undefined;
    expect(errors?.map((error) => error.field)).toEqual(field === undefined ? undefined : [field]);
    await site.untilBalance(account, [10, 0]);
  });

  test('in another currency than the account’s is refused', async () => {
    const account = await site.openAccount(10, 0);
    const made = await post('/v1/services', { name: randomUUID(), price: '1', currency: 'EUR' });
    const refused = await charge(account, made.body['id'] as string, '1');
    expect(refused.body).toMatchObject({ status: 422, accountCurrency: 'USD' });
  });
});

test('while the catalogue’s home is away nothing of it is changed, and charges go on', async () => {
  const account = await site.openAccount(0, 100);
  const id = await makeService('5.00');
  await site.cluster.killMember('postgres', 1);
  try {
    const refused = await post(
      '/v1/services',
      { name: 'x', price: '1', currency: 'USD' },
      site.other,
    );
    expect(refused.status).toBe(503);
    const charged = await charge(account, id, '2', site.other);
    expect(charged.body).toMatchObject({ status: 'committed', amount: '10.00' });
  } finally {
    await site.cluster.startMember('postgres', 1);
  }
}, 90_000);
