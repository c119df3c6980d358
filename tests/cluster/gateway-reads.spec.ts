import { connect } from 'node:net';
import { startCluster, type Cluster } from '@billing/cluster';
import { essence, GatewayProcess, problem, type Answer } from './gateway.process.js';
import { eventually, Ledger } from '@billing/testing';
import { command, Upstream } from './upstream.js';

let cluster: Cluster;
let gateway: GatewayProcess;
const ledgers: Ledger[] = [];
const upstreams: Upstream[] = [];

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 2,
    parts: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
    postgres: { fsync: false },
    sampleData: true,
  });
  for (const nodeId of cluster.nodeIds) {
    ledgers.push(new Ledger(cluster, nodeId));
    upstreams.push(await Upstream.connect(cluster.kafkaBroker(nodeId)));
  }
  gateway = await GatewayProcess.start(cluster, {
    HTTP_BODY_BYTES_MAX: '4096',
    HTTP_BULK_BODY_BYTES_MAX: '8192',
  });
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await Promise.all([...upstreams, ...ledgers].map((part) => part.close()));
  await cluster?.destroy();
}, 60_000);

const get = (path: string, headers = {}): Promise<Answer> =>
  gateway.call('GET', path, undefined, headers);

interface Part {
  node: number;
  own: boolean;
  balance: string;
  asOf: string;
}

describe('what an account has', () => {
  let account: string;

  beforeAll(async () => {
    const [id] = await ledgers[0]!.openAccounts(1);
    account = String(id);
    await eventually(
      () => ledgers[1]!.value('select count(*) from billing.get_account($1)', [account]),
      (count) => count === 1n,
    );
    for (let n = 1; n <= 12; n += 1) {
      await upstreams[n % 2]!.send([command(account, `${n}.00`, { reference: `number ${n}` })]);
    }
    await eventually(
      () => get(`/v1/accounts/${account}/balance`),
      ({ body }) => body['total'] === '78.00',
    );
  }, 60_000);

  test('is the sum of what each node has, and as of when is said', async () => {
    const startedMs = Date.now();
    const { body } = await get(`/v1/accounts/${account}/balance`);
    expect(body).toMatchObject({ accountId: account, currency: 'USD', deleted: false });
    const [own, other] = body['parts'] as [Part, Part];
    expect(own).toMatchObject({ node: 1, own: true, balance: '42.00' });
    expect(other).toMatchObject({ node: 2, own: false, balance: '36.00' });
    expect(Date.parse(own.asOf)).toBeGreaterThanOrEqual(startedMs - 5);
    expect(startedMs - Date.parse(other.asOf)).toBeLessThan(10_000);
  });

  test('has a history of all nodes, newest first, whole over its pages', async () => {
    const seen: Record<string, unknown>[] = [];
    let cursor: unknown = null;
    do {
      const from = cursor === null ? '' : `&cursor=${String(cursor)}`;
      const { body } = await get(`/v1/accounts/${account}/transactions?limit=5${from}`);
      seen.push(...(body['transactions'] as Record<string, unknown>[]));
      cursor = body['nextCursor'];
    } while (cursor !== null);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(12);
    expect(new Set(seen.map(({ node }) => node))).toEqual(new Set([1, 2]));
    expect(seen.map(({ amount }) => Number(amount)).reduce((a, b) => a + b)).toBe(78);
    const times = seen.map(({ createdAt }) => String(createdAt));
    expect(times).toEqual([...times].sort().reverse());
    expect(seen[0]).toMatchObject({
      type: 'pay_in',
      currency: 'USD',
      reference: expect.stringMatching(/^number \d+$/),
      operationId: expect.any(String),
    });
  });

  test.each([
    ['cursor=x', 'cursor'],
    [`cursor=${Buffer.from("2026-01-01 00:00:00Z/1/1'--").toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('2026-99-99 00:00:00Z/1/1').toString('base64url')}`, 'cursor'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=many', 'limit'],
    ['page=2', 'page'],
  ])('a history with %s is refused', async (query, field) => {
    const answer = await get(`/v1/accounts/${account}/transactions?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  test('is read where it was not paid in: an entry of another node is applied here too', async () => {
    const paid = command(account, '0.01');
    await upstreams[1]!.send([paid]);
    const { body } = await eventually(
      () => get(`/v1/pay-ins/${paid.commandId}`),
      ({ status }) => status === 200,
    );
    expect(body).toMatchObject({ status: 'applied', node: 2, amount: '0.01' });
  });
});

test('the catalogue is read with prices in major units', async () => {
  const { body } = await get('/v1/services');
  expect(body['services']).toEqual([
    { id: '1', name: 'Консультация специалиста', price: '50.00', currency: 'USD' },
    { id: '2', name: 'Аренда оборудования', price: '100.00', currency: 'EUR' },
    { id: '3', name: 'Обучение персонала', price: '200.00', currency: 'USD' },
  ]);
});

describe('a request', () => {
  test.each([
    ['PUT', '/v1/pay-ins', 'POST'],
    ['DELETE', '/v1/services', 'GET, HEAD'],
    ['PATCH', '/v1/accounts/17', 'DELETE, GET, HEAD'],
  ])('%s %s is answered with the methods there are', async (method, path, allowed) => {
    const answer = await gateway.call(method, path);
    expect(essence(answer)).toEqual(problem('method-not-allowed', 405));
    expect(answer.headers.get('allow')).toBe(allowed);
  });

  test.each(['/', '/v1', '/v1/pay-in', '/v1/accounts/1/balances', '/v1/accounts//balance'])(
    'for %s finds nothing',
    async (path) => {
      expect(essence(await get(path))).toEqual(problem('not-found', 404));
    },
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'with a body of %s is refused',
    async (type) => {
      const answer = await gateway.call('POST', '/v1/pay-ins', 'a=b', { 'content-type': type });
      expect(essence(answer)).toEqual(problem('unsupported-media-type', 415));
    },
  );

  test('larger than its path takes is refused', async () => {
    for (const [path, bytes] of [
      ['/v1/pay-ins', 4_097],
      ['/v1/accounts', 4_097],
      ['/v1/pay-ins/bulk', 8_193],
    ] as const) {
      const answer = await gateway.call('POST', path, 'x'.repeat(bytes));
      expect(essence(answer)).toEqual(problem('body-too-large', 413));
      const within = await gateway.call('POST', path, 'x'.repeat(bytes - 1));
      expect(essence(within)).toEqual(problem('invalid-request', 400));
    }
  });

  test('keeps a good request id through answer, problem and log, and loses a bad one', async () => {
    const given = await get('/nowhere', { 'x-request-id': 'trace-4711' });
    expect(given.headers.get('x-request-id')).toBe('trace-4711');
    expect(given.body['requestId']).toBe('trace-4711');
    // The line is written once the answer is out.
    await eventually(
      async () => gateway.log,
      (log) => log.includes('"requestId":"trace-4711"'),
    );
    const bad = await get('/nowhere', { 'x-request-id': 'a b{}' });
    expect(bad.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(gateway.log).not.toContain(cluster.signToken().slice(0, 30));
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a broken path', 'GET /v1/accounts/%zz HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['an endless parameter', `GET /v1/accounts/${'1'.repeat(500)} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ])('that is %s is answered as a problem', async (_, text) => {
    const answer = await sendRaw(text);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(answer).toContain('"type":"https://geo-billing.example/problems/');
  });

  test('whose body is not UTF-8 is refused', async () => {
    const body = Buffer.concat([
      Buffer.from('{"reference":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    const response = await fetch(`${gateway.url}/v1/pay-ins`, {
      method: 'POST',
      body,
      headers: {
        authorization: `Bearer ${cluster.signToken()}`,
        'content-type': 'application/json',
      },
    });
    expect(await response.json()).toMatchObject({ status: 400, detail: 'the body is not UTF-8' });
  });
});

function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let received = '';
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => {
      received += chunk.toString();
      if (!received.includes('}')) return;
      socket.destroy();
      resolve(received);
    });
    socket.on('error', reject);
    socket.write(text);
  });
}
