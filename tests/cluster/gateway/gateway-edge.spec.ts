import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Cluster } from '@billing/cluster';
import { eventually, startCluster } from '@billing/testing';
import { essence, GatewayProcess, problem, type Answer } from './gateway-process.js';
import { fillPath as fill, gatewayCalls, type GatewayCall } from './gateway-calls.js';
import {
  bodyTrials,
  findFailures,
  headerTrials,
  pathTrials,
  queryTrials,
  type Trial,
} from './gateway-sweep.js';

import { head, json, RawClient, statusesOf } from './raw-client.js';
import { readTopic } from '../pay-ins/topic-reader.js';

const BULK_BYTES = 8 * 1024 * 1024;
/** A stalled request is cut off after this long at the hasty gateway. */
const STALL_MS = 1_000;

let cluster: Cluster;
let gateway: GatewayProcess;
let hasty: GatewayProcess;
let account: string;
let token: string;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres', 'kafka', 'coordinator'],
    postgres: { fsync: false },
  });
  token = await cluster.signToken();
  [gateway, hasty] = await Promise.all([
    GatewayProcess.start(cluster),
    GatewayProcess.start(cluster, {
      HTTP_REQUEST_TIMEOUT_MS: String(STALL_MS),
      HTTP_CONNECTIONS_MAX: '20',
    }),
  ]);
  const opened = await post('/v1/accounts', { username: 'edge', initialBalance: '1000.00' });
  account = opened.body['accountId'] as string;
}, 120_000);

afterAll(async () => {
  await Promise.all([gateway?.stop(), hasty?.stop()]);
  await cluster?.destroy();
}, 60_000);

const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
  gateway.call('POST', path, body, headers);
const payIn = (change: object = {}) => ({
  accountId: account,
  amount: '1.00',
  currency: 'USD',
  ...change,
});
const payOut = (key: string = randomUUID()): Promise<Answer> =>
  post('/v1/pay-outs', payIn({ amount: '0.01' }), { 'idempotency-key': key });
const nest = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const publishedIds = async (): Promise<(string | undefined)[]> =>
  (await readTopic({ broker: cluster.kafkaConnection(1), topic: 'billing.payin' })).map(
    ({ value }) => value['commandId'],
  );

/** The longest of pay-outs made one after another by two clients until the work is done. */
async function longestPayOutMs(work: Promise<unknown>): Promise<number> {
  let isDone = false;
  let longestMs = 0;
  const client = async (): Promise<void> => {
    do {
      const startMs = performance.now();
      expect((await payOut()).status).toBe(201);
      longestMs = Math.max(longestMs, performance.now() - startMs);
    } while (!isDone);
  };
  const clients = Promise.all([client(), client()]);
  await work.finally(() => (isDone = true));
  await clients;
  return longestMs;
}

describe('a bulk of pay-ins', () => {
  test('of 8 MB of brackets delays nobody else', async () => {
    const body = Buffer.from(`[${nest(BULK_BYTES / 2 - 1)}]`);
    const sendTwo = async (): Promise<number[]> => {
      const client = RawClient.open(gateway.url, token);
      for (let n = 0; n < 2; n += 1) {
        await client.write(head('POST', '/v1/pay-ins/bulk', json(body.length)));
        await client.write(body);
      }
      return statusesOf(await client.answer((text) => statusesOf(text).length === 2));
    };
    const quietMs = await longestPayOutMs(sleep(1_000));
    const work = Promise.all([sendTwo(), sendTwo(), sendTwo()]);
    const longestMs = await longestPayOutMs(work);
    expect(await work).toEqual(Array.from({ length: 3 }, () => [200, 200]));
    // 6.4 s once; a loaded machine makes pay-outs slow by itself.
    expect(longestMs).toBeLessThan(1_000 + 2 * quietMs);
  }, 90_000);

  test('with an item of 400,000 unknown fields is answered in a few words', async () => {
    const fields = Array.from({ length: 400_000 }, (_, n) => `"key${n}":1`).join();
    const good = JSON.stringify(payIn());
    const { status, body } = await post('/v1/pay-ins/bulk', `[${good},{${fields}},${good}]`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { accepted: 2, rejected: 1, results: [{}, { status: 'rejected' }, {}] },
    });
    expect(JSON.stringify(body).length).toBeLessThan(3_000);
  }, 30_000);

  test('with items that are too long, too deep or of too many violations goes on behind them', async () => {
    const long = payIn({ padding: 'x'.repeat(17_000) });
    const deep = `{"accountId":"1","z":${nest(70)}}`;
    const wrong = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`key${n}`, 1]));
    const text = `[${[long, wrong, payIn()].map((one) => JSON.stringify(one)).join()},${deep}]`;
    for (const [type, sent] of [
      ['application/json', text],
      [
        'application/x-ndjson',
        [long, wrong, payIn()].map((o) => JSON.stringify(o)).join('\n') + `\n${deep}`,
      ],
    ] as const) {
      const { status, body } = await post('/v1/pay-ins/bulk', sent, { 'content-type': type });
      expect({ status, body }).toMatchObject({ status: 200, body: { accepted: 1, rejected: 3 } });
      const errors = (body['results'] as { error?: { errors: unknown[] } }[]).map(
        ({ error }) => error?.errors,
      );
      expect(errors[0]).toEqual([{ field: '', message: 'must have at most 16384 bytes' }]);
      expect(errors[1]!.length).toBeLessThanOrEqual(20);
      expect(errors[3]).toEqual([{ field: '', message: 'must not be nested that deeply' }]);
    }
  }, 30_000);

  test.each([
    ['an item that is no JSON', (items: string) => `[${items},{"accountId":]`],
    ['no end', (items: string) => `[${items}`],
    ['more behind its end', (items: string) => `[${items}] x`],
    ['a comma too many', (items: string) => `[${items},]`],
    ['a text without an end', (items: string) => `[${items},"]`],
    ['bytes that are not UTF-8', (items: string) => Buffer.from(`[${items},"\xff"]`, 'latin1')],
  ])('with %s publishes nothing', async (_, spoil) => {
    const commandId = randomUUID();
    const body = spoil(JSON.stringify(payIn({ commandId })));
    const client = RawClient.open(gateway.url, token);
    await client.write(head('POST', '/v1/pay-ins/bulk', json(Buffer.byteLength(body))));
    await client.write(Buffer.from(body));
    expect(statusesOf(await client.answer((text) => text.includes('}')))).toEqual([400]);
    expect(await publishedIds()).not.toContain(commandId);
  });

  test('beyond what may be held at once is overloaded until there is room', async () => {
    const slow = Array.from({ length: 8 }, () => RawClient.open(gateway.url, token));
    const spaces = Buffer.alloc(BULK_BYTES - 2, ' ');
    for (const client of slow) {
      await client.write(head('POST', '/v1/pay-ins/bulk', json(BULK_BYTES)));
      await client.write(spaces);
    }
    const large = `[${JSON.stringify(payIn())}${' '.repeat(200_000)}]`;
    const send = (): Promise<Answer> => post('/v1/pay-ins/bulk', large);
    const refused = await eventually(send, ({ status }) => status !== 200);
    expect(essence(refused)).toEqual(problem('overloaded', 503));
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await post('/v1/pay-ins', payIn())).status).toBe(202);
    for (const client of slow) client.end();
    expect((await eventually(send, ({ status }) => status !== 503)).status).toBe(200);
  }, 60_000);

  test('sent byte by byte is read like any other', async () => {
    const items = [payIn({ reference: 'a,]\\"é\u{1F4B8}[{' }), 7, 'a"],[', null, payIn()];
    const body = Buffer.from(` [ ${items.map((item) => JSON.stringify(item)).join(' , ')} ] `);
    const client = RawClient.open(gateway.url, token);
    await client.write(
      head('POST', '/v1/pay-ins/bulk', {
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
      }),
    );
    for (const byte of body) await client.write(Buffer.from([0x31, 13, 10, byte, 13, 10]));
    await client.write('0\r\n\r\n');
    const answer = await client.answer((text) => text.endsWith(']}'));
    expect(statusesOf(answer)).toEqual([200]);
    expect(answer).toContain('"accepted":2,"rejected":3,');
  });
});

describe('a body', () => {
  const bodyCalls = gatewayCalls.filter(({ body }) => body !== undefined);
  const send = ({ method, path, parts = {} }: GatewayCall, body: string): Promise<Answer> =>
    gateway.call(method, fill(path, parts), body, { 'idempotency-key': randomUUID() });

  test.each([3_500, 65])('nested %d deep is refused by every call', async (depth) => {
    for (const call of bodyCalls) {
      const text = JSON.stringify({ ...call.body, z: 0 }).replace('"z":0', `"z":${nest(depth)}`);
      expect(essence(await send(call, text))).toEqual(problem('invalid-request', 400));
    }
  });

  test.each(['__proto__', 'constructor', 'toString', 'prototype', 'hasOwnProperty'])(
    'with the field %s is refused by its name by every call',
    async (field) => {
      for (const call of bodyCalls) {
        const text = JSON.stringify(call.body)
          .replace('{', `{"${field}":{"x":1},`)
          .replace(/,\}$/, '}');
        const answer = await send(call, text);
        expect([call.path, answer.status]).toEqual([call.path, 400]);
        expect(answer.body['errors']).toEqual([{ field, message: 'is not a known field' }]);
      }
    },
  );

  test('with thousands of unknown fields is answered in a few words', async () => {
    const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [`key${n}`, 1]));
    const long = { ['k'.repeat(50_000)]: 1 };
    for (const call of bodyCalls) {
      for (const fields of [many, long]) {
        const { status, body } = await send(call, JSON.stringify({ ...fields, ...call.body }));
        expect([call.path, status]).toEqual([call.path, 400]);
        expect(JSON.stringify(body).length).toBeLessThan(4_000);
      }
    }
  });

  test('keeps __proto__ in metadata as what it is: data', async () => {
    const commandId = randomUUID();
    const metadata = '{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}}}';
    const withMetadata = (item: object): string =>
      JSON.stringify({ ...item, metadata: 0 }).replace('"metadata":0', `"metadata":${metadata}`);
    expect((await post('/v1/pay-ins', withMetadata(payIn({ commandId })))).status).toBe(202);
    const stored = await readTopic({ broker: cluster.kafkaConnection(1), topic: 'billing.payin' });
    const { value } = stored.find((message) => message.value['commandId'] === commandId)!;
    expect(JSON.stringify(value['metadata'])).toBe(metadata);
    const key = { 'idempotency-key': randomUUID() };
    const paid = await post('/v1/pay-outs', withMetadata(payIn({ amount: '0.01' })), key);
    expect(paid.status).toBe(201);
    const plain = await post('/v1/pay-outs', payIn({ amount: '0.01', metadata: {} }), key);
    expect(essence(plain)).toEqual(problem('idempotency-conflict', 422));
  });

  test.each([
    ['gzip', { 'content-encoding': 'gzip' }],
    ['br', { 'content-encoding': 'br' }],
    ['gzip in one more', { 'content-encoding': 'identity, gzip' }],
    ['another charset', { 'content-type': 'application/json; charset=iso-8859-1' }],
    ['UTF-16', { 'content-type': 'application/json; charset="UTF-16"' }],
    ['no type', { 'content-type': '' }],
  ])('that comes as %s is 415 and is not read', async (_, headers) => {
    for (const path of ['/v1/pay-ins', '/v1/pay-ins/bulk', '/v1/accounts']) {
      const body = '\x1f\x8b\xff';
      const client = RawClient.open(gateway.url, token);
      await client.write(head('POST', path, { ...json(3), ...headers }));
      await client.write(Buffer.from(body, 'latin1'));
      const answer = await client.answer((text) => text.includes('}'));
      expect([path, ...statusesOf(answer)]).toEqual([path, 415]);
      expect(answer).toContain('/problems/unsupported-media-type"');
    }
  });

  test.each([
    { 'content-encoding': 'identity' },
    { 'content-type': 'application/json;charset=UTF-8' },
    { 'content-type': 'Application/JSON; charset="utf-8"' },
  ])('that comes with %j is read', async (headers) => {
    expect((await post('/v1/pay-ins', payIn(), headers)).status).toBe(202);
  });
});

describe('a connection', () => {
  test.each([
    ['headers too large', head('GET', '/v1/services', { padding: 'x'.repeat(20_000) }), 431],
    ['an unknown method', head('FETCH', '/v1/services'), 400],
    [
      'a length that is none',
      head('POST', '/v1/pay-ins', { ...json(0), 'content-length': 'x' }),
      400,
    ],
    [
      'two lengths',
      `${head('POST', '/v1/pay-ins', json(2)).trimEnd()}\r\ncontent-length: 3\r\n\r\n{}`,
      400,
    ],
    [
      'length and chunks',
      head('POST', '/v1/pay-ins', { ...json(2), 'transfer-encoding': 'chunked' }),
      400,
    ],
    [
      'chunks that are none',
      `${head('POST', '/v1/pay-ins', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })}zz\r\n`,
      400,
    ],
    ['no host', 'GET /v1/services HTTP/1.1\r\n\r\n', 400],
    ['an expectation', head('POST', '/v1/pay-ins', { ...json(2), expect: 'the moon' }), 417],
    ['a method of others', head('PROPFIND', '/v1/services'), 405],
    ['OPTIONS', head('OPTIONS', '/v1/services'), 405],
    ['OPTIONS *', head('OPTIONS', '*'), 404],
    ['a path without a slash', head('GET', 'v1/services'), 400],
  ] as const)('with %s is answered as a problem: %#', async (_, text, status) => {
    const client = RawClient.open(gateway.url, token);
    await client.write(text);
    const answer = await client.answer((received) => received.includes('}'));
    expect(statusesOf(answer)).toEqual([status]);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(answer).toContain('"type":"/problems/');
  });

  test.each([
    ['the whole URL in its line', head('GET', 'http://x/v1/services'), 200],
    ['HTTP/1.0', head('GET', '/v1/services').replace('HTTP/1.1', 'HTTP/1.0'), 200],
    ['HEAD', head('HEAD', '/v1/services'), 200],
  ] as const)('with %s is answered', async (_, text, status) => {
    const client = RawClient.open(gateway.url, token);
    await client.write(text);
    expect(statusesOf(await client.answer((received) => received.includes('\r\n\r\n')))).toEqual([
      status,
    ]);
  });

  test('that expects 100 is told to go on, and answered', async () => {
    const body = JSON.stringify(payIn());
    const client = RawClient.open(gateway.url, token);
    await client.write(
      head('POST', '/v1/pay-ins', { ...json(body.length), expect: '100-continue' }),
    );
    await client.write(body);
    const answer = await client.answer((text) => text.includes('}'));
    expect(statusesOf(answer)).toEqual([100, 202]);
  });

  test.each([
    ['body', head('POST', '/v1/pay-ins', json(100)) + '{"accountId"'],
    ['bulk body', head('POST', '/v1/pay-ins/bulk', json(100)) + '[{"accountId"'],
    ['headers', 'POST /v1/pay-ins HTTP/1.1\r\nhost: x\r\n'],
  ])(
    'whose %s stall is answered 408',
    async (_, text) => {
      const client = RawClient.open(hasty.url, token);
      await client.write(text);
      const answer = await client.answer();
      expect(statusesOf(answer)).toEqual([408]);
      expect(answer).toContain('/problems/request-timeout"');
      expect(hasty.log).not.toMatch(/"level":(50|60)/);
    },
    30_000,
  );

  test('beyond as many as may be is closed, and those that are open are answered', async () => {
    const clients = Array.from({ length: 30 }, () => RawClient.open(hasty.url, token));
    const answers = await Promise.all(clients.map((client) => client.answer().catch(() => '')));
    expect(answers.filter((answer) => answer === '').length).toBeGreaterThan(0);
    expect(answers.filter((answer) => statusesOf(answer)[0] === 408).length).toBeGreaterThan(0);
    expect((await hasty.call('GET', '/health/live')).status).toBe(200);
  }, 30_000);

  test('with nonsense behind a pay-out is answered for the pay-out', async () => {
    const body = JSON.stringify(payIn({ amount: '0.01' }));
    const request = head('POST', '/v1/pay-outs', {
      ...json(body.length),
      'idempotency-key': randomUUID(),
    });
    const client = RawClient.open(gateway.url, token);
    await client.write(`${request}${body}nonsense\r\n\r\n`);
    const [first] = statusesOf(await client.answer());
    expect(first).toBe(201);
  });
});

describe('whatever a client says', () => {
  test('is swept over every call of docs/api.md', () => {
    const page = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
    const written = [...page.matchAll(/^\| `(GET|POST|DELETE) (\/v1\/[^ ?`]+)/gm)].map(
      ([, method, path]) => `${method} ${path}`,
    );
    const swept = gatewayCalls.map(({ method, path }) => `${method} ${path}`);
    expect(written.length).toBeGreaterThan(20);
    // Those of many items have specs of their own.
    const isBulk = /^POST \/v1\/(pay-ins|pay-outs|charges)\/bulk$/;
    expect(written.filter((call) => !swept.includes(call) && !isBulk.test(call))).toEqual([]);
  });

  test.each<[string, () => Trial[]]>([
    ['a path', pathTrials],
    ['a query', () => queryTrials(account)],
    ['a body', bodyTrials],
    ['a header', () => headerTrials(payIn())],
  ])(
    'in %s is no failure of the gateway',
    async (_, trials) => {
      expect(await findFailures({ url: gateway.url, token }, trials())).toEqual([]);
    },
    120_000,
  );
});
