import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { essence, GatewayProcess, problem, type Answer } from './gateway-process.js';
import { eventually, Ledger, startCluster } from '@billing/testing';

let cluster: Cluster;
let gateway: GatewayProcess;
let ledger: Ledger;
let account: string;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 2,
    members: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
    postgres: { fsync: false },
    sampleData: true,
    appEnvironment: { 'ledger-worker': { WORKER_PARKED_LIMIT_MS: '600000' } },
  });
  ledger = new Ledger(cluster, 1);
  gateway = await GatewayProcess.start(cluster);
  account = await openAccount();
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

const get = (path: string, headers = {}): Promise<Answer> =>
  gateway.call('GET', path, undefined, headers);
const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
  gateway.call('POST', path, body, headers);
const payIn = (change: object = {}) => ({
  accountId: account,
  amount: '12.50',
  currency: 'USD',
  ...change,
});
const bearer = async (claims: object) => ({
  authorization: `Bearer ${await cluster.signToken({ sub: 'spec', ...claims })}`,
});

async function openAccount(username = 'gateway spec', more: object = {}): Promise<string> {
  const { body } = await post('/v1/accounts', { username, ...more });
  return body['accountId'] as string;
}

const untilStatus = (path: string, status: string): Promise<Answer> =>
  eventually(
    () => get(path),
    ({ body }) => body['status'] === status,
  );

describe('accounts', () => {
  test('are opened once per key, found, and deleted for good', async () => {
    const username = `owner ${randomUUID()}`;
    const key = { 'idempotency-key': randomUUID() };
    const request = { username, currency: 'EUR', initialBalance: '10.00' };
    const opened = await post('/v1/accounts', request, key);
    expect(opened.status).toBe(201);
    const id = opened.body['accountId'] as string;
    expect(opened.headers.get('location')).toBe(`/v1/accounts/${id}`);
    expect(opened.headers.get('idempotency-replayed')).toBeNull();

    const repeated = await post('/v1/accounts', request, key);
    expect(essence(repeated)).toEqual(essence(opened));
    expect(repeated.headers.get('idempotency-replayed')).toBe('true');
    expect(
      essence(await post('/v1/accounts', { ...request, initialBalance: '11.00' }, key)),
    ).toEqual(problem('idempotency-conflict', 422));

    const described = { accountId: id, id, username, currency: 'EUR', deleted: false, homeNode: 1 };
    expect((await get(`/v1/accounts/${id}`)).body).toMatchObject(described);
    const found = await get(`/v1/accounts?username=${encodeURIComponent(username)}`);
    expect(found.body).toMatchObject({ accounts: [described], nextCursor: null });

    const forced = `/v1/accounts/${id}?force=true`;
    expect(essence(await gateway.call('DELETE', forced))).toEqual(
      problem('invalid-request', 400, ['reason']),
    );
    const weak = await bearer({ scope: 'accounts:write' });
    const refused = await gateway.call('DELETE', `${forced}&reason=fraud`, undefined, weak);
    expect([refused.status, refused.body['scope']]).toEqual([403, 'operator:act']);
    expect((await gateway.call('DELETE', `${forced}&reason=fraud`)).status).toBe(204);
    expect((await gateway.call('DELETE', `/v1/accounts/${id}`)).status).toBe(204);
    expect((await get(`/v1/accounts/${id}`)).body).toMatchObject({ deleted: true });
  });

  test('opened without a key say under which one a repeat finds the same account', async () => {
    const opened = await post('/v1/accounts', { username: 'keyless' });
    const key = opened.headers.get('idempotency-key');
    expect(key).toBeTruthy();
    const repeated = await post(
      '/v1/accounts',
      { username: 'keyless' },
      { 'idempotency-key': key! },
    );
    expect(repeated.body).toEqual(opened.body);
  });

  test('of one name come a page at a time', async () => {
    const username = `twin ${randomUUID()}`;
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push(await openAccount(username));
    const query = `/v1/accounts?username=${encodeURIComponent(username)}&limit=2`;
    const seen: string[] = [];
    let cursor: unknown = null;
    do {
      const { body } = await get(cursor === null ? query : `${query}&cursor=${String(cursor)}`);
      seen.push(...(body['accounts'] as { id: string }[]).map(({ id }) => id));
      cursor = body['nextCursor'];
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  test('that nobody has are 404, to read and to delete', async () => {
    for (const path of ['', '/balance', '/transactions']) {
      expect(essence(await get(`/v1/accounts/999999937${path}`))).toEqual(
        problem('not-found', 404),
      );
    }
    expect(essence(await gateway.call('DELETE', '/v1/accounts/999999937'))).toEqual(
      problem('not-found', 404),
    );
  });

  test.each([
    [{}, ['username']],
    [{ username: ' ' }, ['username']],
    [{ username: 7 }, ['username']],
    [{ username: 'x'.repeat(201) }, ['username']],
    [{ username: 'nul \0' }, ['username']],
    [{ username: 'x', currency: 'XXX' }, ['currency']],
    [{ username: 'x', currency: 'usd' }, ['currency']],
    [{ username: 'x', initialBalance: 5 }, ['initialBalance']],
    [{ username: 'x', initialBalance: '-5' }, ['initialBalance']],
    [{ username: 'x', initialBalance: '0.001' }, ['initialBalance']],
    [{ username: 'x', initialBalance: '99999999999999999' }, ['initialBalance']],
    [{ username: 'x', role: 'admin' }, ['role']],
    [{ username: 'x', __proto__x: 1 }, ['__proto__x']],
  ])('%j is refused by field: %j', async (body, fields) => {
    expect(essence(await post('/v1/accounts', body))).toEqual(
      problem('invalid-request', 400, fields),
    );
  });

  test.each(['null', '[]', '[{"username":"x"}]', '"x"', '{"username":', '', '\xff'])(
    'the body %j is refused',
    async (body) => {
      expect(essence(await post('/v1/accounts', body))).toEqual(problem('invalid-request', 400));
    },
  );

  test.each(['0', '-1', '01', '1.5', 'abc', '9223372036854775808'])(
    'the id %j is refused',
    async (id) => {
      for (const path of ['', '/balance', '/transactions']) {
        expect(essence(await get(`/v1/accounts/${id}${path}`))).toEqual(
          problem('invalid-request', 400, ['id']),
        );
      }
    },
  );
});

describe('a pay-in', () => {
  test('is accepted with a place to ask, and then applied', async () => {
    await cluster.stopMember('ledger-worker', 1);
    const metadata = { order: { id: 7 } };
    const accepted = await post('/v1/pay-ins', payIn({ reference: 'order 7', metadata }));
    const { commandId, receipt, statusUrl } = accepted.body as Record<string, string>;
    expect(accepted.status).toBe(202);
    expect(commandId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(accepted.headers.get('location')).toBe(statusUrl);

    expect((await get(statusUrl!)).body).toMatchObject({ commandId, status: 'accepted', node: 1 });
    // Without its receipt it cannot be told from one that was never sent.
    expect(essence(await get(`/v1/pay-ins/${commandId}`))).toEqual(problem('not-found', 404));
    const elsewhere = receipt!.replace(/^1-/, '2-');
    expect((await get(`/v1/pay-ins/${commandId}?receipt=${elsewhere}`)).status).toBe(404);

    await cluster.startMember('ledger-worker', 1);
    const { body } = await untilStatus(statusUrl!, 'applied');
    expect(body).toEqual({
      commandId,
      status: 'applied',
      node: 1,
      accountId: account,
      amount: '12.50',
      currency: 'USD',
      reference: 'order 7',
      metadata,
      appliedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect((await get(`/v1/pay-ins/${commandId!.toUpperCase()}`)).body).toEqual(body);
  }, 60_000);

  test('keeps the digits of its metadata, alone and in bulk', async () => {
    const sent = '{"y":12345678901234567890,"orderId":9007199254740993,"x":[1.50,-0.10]}';
    const ids = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const [alone, first, second, parked] = ids.map(
      (commandId) => `${JSON.stringify(payIn({ commandId })).slice(0, -1)},"metadata":${sent}}`,
    ) as [string, string, string, string];
    const waiting = parked.replace(`"${account}"`, '"999999937"');
    const ndjson = { 'content-type': 'application/x-ndjson' };
    const answers = [
      await post('/v1/pay-ins', alone),
      await post('/v1/pay-ins/bulk', `[${first}]`),
      await post('/v1/pay-ins/bulk', second, ndjson),
      await post('/v1/pay-ins', waiting),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 200, 200, 202]);
    for (const [index, id] of ids.entries()) {
      const { text } = await untilStatus(`/v1/pay-ins/${id}`, index < 3 ? 'applied' : 'parked');
      for (const member of sent.slice(1, -1).split(/,(?=")/)) expect(text).toContain(member);
    }
  }, 60_000);

  test('of a known commandId is taken again and credited once', async () => {
    const id = await openAccount();
    const request = payIn({ accountId: id, commandId: randomUUID() });
    const [first, second] = [
      await post('/v1/pay-ins', request),
      await post('/v1/pay-ins', request),
    ];
    expect([first.status, second.status]).toEqual([202, 202]);
    const marker = await post('/v1/pay-ins', payIn({ accountId: id, amount: '1.00' }));
    await untilStatus(marker.body['statusUrl'] as string, 'applied');
    expect((await get(`/v1/accounts/${id}/balance`)).body).toMatchObject({ total: '13.50' });
  });

  test.each(['d41d8cd9-8f00-b204-e980-0998ecf8427e', '00000000-0000-0000-0000-000000000001'])(
    'under the id %s, no version of a UUID, can be asked for like any other',
    async (commandId) => {
      const accepted = await post('/v1/pay-ins', payIn({ commandId: commandId.toUpperCase() }));
      expect(accepted.body).toMatchObject({ commandId, status: 'accepted' });
      const { body } = await untilStatus(accepted.body['statusUrl'] as string, 'applied');
      expect(body).toMatchObject({ commandId, amount: '12.50' });
      expect(essence(await get(`/v1/pay-outs/${commandId}`))).toEqual(problem('not-found', 404));
    },
  );

  test('sent again with an empty reference, or none, is the same pay-in', async () => {
    const id = await openAccount();
    const request = payIn({ accountId: id, commandId: randomUUID() });
    for (const reference of ['', undefined, null]) {
      expect((await post('/v1/pay-ins', { ...request, reference })).status).toBe(202);
    }
    const marker = await post('/v1/pay-ins', payIn({ accountId: id, amount: '1.00' }));
    await untilStatus(marker.body['statusUrl'] as string, 'applied');
    expect((await get(`/v1/accounts/${id}/balance`)).body).toMatchObject({ total: '13.50' });
    const { body } = await get(`/v1/dead-letters?accountId=${id}&status=all`);
    expect(body['items']).toEqual([]);
  });

  test('of an account unknown here is parked, one in another currency is rejected', async () => {
    const parked = await post('/v1/pay-ins', payIn({ accountId: '999999937' }));
    const { body } = await untilStatus(parked.body['statusUrl'] as string, 'parked');
    expect(body).toMatchObject({ accountId: '999999937', amount: '12.50', currency: 'USD' });

    const wrong = await post('/v1/pay-ins', payIn({ currency: 'JPY', amount: '12' }));
    expect((await untilStatus(wrong.body['statusUrl'] as string, 'rejected')).body).toMatchObject({
      accountId: account,
      reason: 'currency_mismatch',
      detail: expect.stringContaining('USD'),
      rejectedAt: expect.any(String),
    });
  });

  test.each([
    [{ amount: '0' }, ['amount']],
    [{ amount: '-1.00' }, ['amount']],
    [{ amount: '1.001' }, ['amount']],
    [{ amount: '1e3' }, ['amount']],
    [{ amount: 12.5 }, ['amount']],
    [{ amount: '99999999999999999' }, ['amount']],
    [{ amount: undefined }, ['amount']],
    [{ currency: 'JPY' }, ['amount']],
    [{ currency: 'ZZZ' }, ['currency']],
    [{ currency: undefined }, ['currency']],
    [{ accountId: 17 }, ['accountId']],
    [{ accountId: '0' }, ['accountId']],
    [{ accountId: '9223372036854775808' }, ['accountId']],
    [{ commandId: 'seven' }, ['commandId']],
    [{ reference: 'x'.repeat(65) }, ['reference']],
    [{ metadata: 'x' }, ['metadata']],
    [{ metadata: { x: 'y'.repeat(2_048) } }, ['metadata']],
    [{ ammount: '1.00' }, ['ammount']],
    [{ ammount: '1.00', accountId: 'x' }, ['ammount', 'accountId']],
  ])('with %j is refused by field: %j', async (change, fields) => {
    expect(essence(await post('/v1/pay-ins', payIn(change)))).toEqual(
      problem('invalid-request', 400, fields),
    );
  });

  test('is asked for by a UUID and a receipt only', async () => {
    expect(essence(await get('/v1/pay-ins/seven'))).toEqual(
      problem('invalid-request', 400, ['commandId']),
    );
    for (const query of ['receipt=7', 'receipt=1-2-3&receipt=1-2-4']) {
      expect(essence(await get(`/v1/pay-ins/${randomUUID()}?${query}`))).toEqual(
        problem('invalid-request', 400, ['receipt']),
      );
    }
  });
});

describe('pay-ins in bulk', () => {
  const items = () => [
    payIn({ amount: '1.00' }),
    payIn({ amount: '0' }),
    'text',
    payIn({ amount: '2.00', commandId: randomUUID() }),
    payIn({ extra: 1 }),
  ];
  const expected = (sent: object[]) => [
    { index: 0, status: 'accepted', commandId: expect.any(String), receipt: expect.any(String) },
    { index: 1, status: 'rejected', error: { errors: [{ field: 'amount' }] } },
    { index: 2, status: 'rejected', error: { status: 400 } },
    { index: 3, status: 'accepted', commandId: (sent[3] as { commandId: string }).commandId },
    { index: 4, status: 'rejected', error: { errors: [{ field: 'extra' }] } },
  ];

  test('as a JSON array: a bad one does not stop the others', async () => {
    const sent = items() as object[];
    const { status, body } = await post('/v1/pay-ins/bulk', sent);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      accepted: 2,
      rejected: 3,
      unavailable: 0,
      results: expected(sent),
    });
    const [first] = body['results'] as { statusUrl: string }[];
    await untilStatus(first!.statusUrl, 'applied');
  });

  test('as lines: one that is no JSON does not stop the others', async () => {
    const sent = items() as object[];
    const twice = JSON.stringify(payIn()).replace('}', ',"amount":"1000.00"}');
    const lines = [...sent.map((item) => JSON.stringify(item)), '{"accountId":', twice].join(
      '\r\n',
    );
    const ndjson = { 'content-type': 'application/x-ndjson' };
    const { status, body } = await post('/v1/pay-ins/bulk', `${lines}\n\n`, ndjson);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      accepted: 2,
      rejected: 5,
      results: [
        ...expected(sent),
        { index: 5, status: 'rejected' },
        { index: 6, status: 'rejected', error: { errors: [{ field: 'amount' }] } },
      ],
    });
    expect(essence(await post('/v1/pay-ins', lines, ndjson))).toEqual(
      problem('unsupported-media-type', 415),
    );
  });

  test('up to 10,000 at once, each in its own place', async () => {
    const many = Array.from({ length: 10_000 }, () => payIn({ amount: '0.01' }));
    const { body } = await post('/v1/pay-ins/bulk', many);
    const results = body['results'] as { receipt: string }[];
    expect(body).toMatchObject({ accepted: 10_000, rejected: 0, unavailable: 0 });
    expect(new Set(results.map(({ receipt }) => receipt)).size).toBe(10_000);
    expect(essence(await post('/v1/pay-ins/bulk', [...many, payIn()]))).toEqual(
      problem('body-too-large', 413),
    );
  }, 30_000);

  test.each([{}, [], 'null', ''])('the body %j is refused', async (body) => {
    expect(essence(await post('/v1/pay-ins/bulk', body))).toEqual(problem('invalid-request', 400));
  });
});
