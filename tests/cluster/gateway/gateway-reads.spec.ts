import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { essence, GatewayProcess, problem, type Answer } from './gateway-process.js';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { command, Upstream, type Command } from '../pay-ins/upstream.js';
import { connectTo } from './url-clients.js';
import { runPipeline } from '../../../sql/tests/run-pipeline.js';

let cluster: Cluster;
let gateway: GatewayProcess;
const ledgers: Ledger[] = [];
const upstreams: Upstream[] = [];

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 2,
    members: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
    postgres: { fsync: false },
    sampleData: true,
  });
  for (const nodeId of cluster.nodeIds) {
    ledgers.push(new Ledger(cluster, nodeId));
    upstreams.push(await Upstream.connect(cluster.kafkaConnection(nodeId)));
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

describe('while what another node has is copied here anew', () => {
  let account: string;
  let payOutId: string;
  let own: Command;
  let foreign: Command;
  let copied: Promise<{ code: number | null; output: string }>;
  let release: () => Promise<unknown>;

  const payOut = (key: string): Promise<Answer> =>
    gateway.call('POST', '/v1/pay-outs', request, { 'idempotency-key': key });
  let request: object;

  beforeAll(async () => {
    account = String(await ledgers[1]!.value("select public.add_account('copied anew')"));
    await eventually(
      () => get(`/v1/accounts/${account}`),
      ({ status }) => status === 200,
    );
    own = command(account, '5.00');
    foreign = command(account, '7.00');
    await upstreams[0]!.send([own]);
    await upstreams[1]!.send([foreign]);
    for (const { commandId } of [own, foreign]) {
      await eventually(
        () => get(`/v1/pay-ins/${commandId}`),
        ({ body }) => body['status'] === 'applied',
      );
    }
    request = { accountId: account, amount: '1.00', currency: 'USD' };
    const paid = await payOut('before the copy');
    expect(paid.status).toBe(201);
    payOutId = paid.body['payOutId'] as string;

    // A slot, and so a copy, begins when every transaction of its provider that writes has ended.
    const session = await ledgers[1]!.database.connect('spec');
    await session.query('begin', 'begin');
    await session.query('write', 'select pg_current_xact_id()');
    release = async () => {
      await session.query('rollback', 'rollback');
      session.release();
    };
    copied = runPipeline(cluster, cluster.nodeIds, { BILLING_RESUBSCRIBE: '2:1' });
    await eventually(
      () => ledgers[0]!.rows('select status from billing.list_copies()'),
      (copies) => copies[0]?.['status'] === 'initializing',
    );
  }, 60_000);

  afterAll(async () => {
    await release?.();
    expect(await copied).toMatchObject({ code: 0 });
  }, 60_000);

  test.each([
    ['an account', () => get(`/v1/accounts/${account}`)],
    ['its balance', () => get(`/v1/accounts/${account}/balance`)],
    ['its history', () => get(`/v1/accounts/${account}/transactions`)],
    ['accounts by name', () => get('/v1/accounts?username=copied%20anew')],
    ['a pay-in there', () => get(`/v1/pay-ins/${foreign.commandId}`)],
    ['a pay-in, by its receipt', () => get(`/v1/pay-ins/${foreign.commandId}?receipt=2-0-0`)],
    ['a new pay-out', () => payOut('during the copy')],
    ['a preview', () => gateway.call('POST', '/v1/pay-outs/preview', request)],
    ['a pay-out that was made', () => get(`/v1/pay-outs/${payOutId}`)],
  ])('%s is not unknown but unavailable, naming the copy', async (_, call) => {
    const answer = await call();
    expect(essence(answer)).toEqual(problem('unavailable', 503));
    expect(answer.body).toMatchObject({ retryable: true, node: 2 });
    expect(answer.body['detail']).toMatch(/being copied to .*subscription_from_node2_to_node1/);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test('what this node knows by itself is told', async () => {
    expect(await get(`/v1/pay-ins/${own.commandId}`)).toMatchObject({
      status: 200,
      body: { status: 'applied', node: 1, accountId: account },
    });
    expect(await payOut('before the copy')).toMatchObject({
      status: 201,
      body: { payOutId, amount: '1.00', currency: 'USD', status: 'committed' },
    });
    for (const unknown of ['577', '9223372036854775807']) {
      expect((await get(`/v1/accounts/${unknown}/balance`)).status).toBe(404);
    }
    const consumed = await ledgers[0]!.value<number>(
      'select min(partition_id) from billing.consumer_offsets where next_offset > 0',
    );
    const receipt = `1-${consumed}-0`;
    expect((await get(`/v1/pay-ins/${randomUUID()}?receipt=${receipt}`)).status).toBe(404);
  });

  test('a pay-in sent again is a duplicate, and a new one waits for as long as it takes', async () => {
    const waiting = command(account, '2.00');
    await upstreams[0]!.send([own, waiting]);
    await eventually(
      () => get(`/v1/pay-ins/${waiting.commandId}`),
      ({ body }) => body['status'] === 'parked',
    );
    await ledgers[0]!.rows("select billing.retry_parked_pay_ins(100, '-1 seconds')");
    expect((await get(`/v1/pay-ins/${waiting.commandId}`)).body['status']).toBe('parked');
    expect((await get(`/v1/dead-letters?accountId=${account}`)).body['items']).toEqual([]);

    await release();
    release = async () => undefined;
    await eventually(
      () => get(`/v1/accounts/${account}/balance`),
      ({ status, body }) => status === 200 && body['total'] === '13.00',
      30_000,
    );
    expect((await get(`/v1/pay-outs/${payOutId}`)).status).toBe(200);
    expect((await payOut('during the copy')).status).toBe(201);
    expect(await ledgers[0]!.rows('select * from billing.list_copies()')).toEqual([]);
  }, 60_000);
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
    ['DELETE', '/v1/services', 'GET, HEAD, POST'],
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
    expect(gateway.log).not.toContain((await cluster.signToken()).slice(0, 30));
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a broken path', 'GET /v1/accounts/%zz HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['an endless parameter', `GET /v1/accounts/${'1'.repeat(500)} HTTP/1.1\r\nhost: x\r\n\r\n`],
  ])('that is %s is answered as a problem', async (_, text) => {
    const answer = await sendRaw(text);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(answer).toContain('"type":"/problems/');
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
        authorization: `Bearer ${await cluster.signToken()}`,
        'content-type': 'application/json',
      },
    });
    expect(await response.json()).toMatchObject({ status: 400, detail: 'the body is not UTF-8' });
  });
});

function sendRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTo(gateway.url);
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
