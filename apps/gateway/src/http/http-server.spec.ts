import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimiter, TokenRefusedError, type Client, type RefusalReason } from '@billing/auth';
import { createLog, type RequestLog } from '@billing/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayMetrics } from '../metrics/gateway.metrics.js';
import type { RouteAccess } from './access.js';
import { HttpProblem } from './http-problem.js';
import { createHttpServer } from './http-server.js';
import { sendProblem, toProblem } from './problem.filter.js';
import { RouteList } from './route-list.js';

const uuid = '6abe1f3c-92d1-8001-9a3b-5f0c2e1d7b64';
const token = 'Bearer aaaa.bbbb.cccc';

let lines: Record<string, unknown>[];
let server: FastifyInstance;
let verdict: Partial<Client> | Error;
let rateMax: number;
let trustedProxies: readonly string[];
let staleMs: number | undefined;

function addRoute(
  method: 'GET' | 'POST',
  url: string,
  answer: (reply: FastifyReply) => void,
): void {
  const config: RouteAccess = { scope: 'accounts:read', query: class {} };
  server.route({
    method,
    url,
    config,
    handler: (_, reply) => {
      answer(reply);
      return reply.send({});
    },
  });
}

beforeEach(() => {
  verdict = { scopes: new Set(['accounts:read']) };
  rateMax = 0;
  trustedProxies = [];
  staleMs = undefined;
  makeServer();
});

function makeServer(): void {
  lines = [];
  const routes = new RouteList();
  const adapter = createHttpServer({
    tls: undefined,
    trustedProxies,
    limits: {
      bodyBytesMax: 1_024,
      bulkBodyBytesMax: 1_024,
      bulkHeldBytesMax: 1_024,
      requestTimeoutMs: 1_000,
      connectionsMax: 10,
      rateMax: 0,
      refusedRateMax: 0,
    },
    verifier: {
      recall: () => undefined,
      verify: () =>
        verdict instanceof Error
          ? Promise.reject(verdict)
          : Promise.resolve({
              id: 'shop',
              scopes: new Set(),
              tenants: ['default'],
              expiresAtMs: Infinity,
              ...verdict,
            }),
    },
    rateLimiter: new RateLimiter(rateMax),
    refusedLimiter: new RateLimiter(0),
    arrivals: { wait: () => Promise.resolve(staleMs) },
    routes,
    log: createLog({ app: 'spec', nodeId: 1, level: 'silent' }),
    requestLog: { write: (facts: object) => lines.push({ ...facts }) } as unknown as RequestLog,
    metrics: { observeRequest: () => undefined } as unknown as GatewayMetrics,
    isStopping: () => false,
  });
  server = adapter.getInstance() as unknown as FastifyInstance;
  // As Nest does by ProblemFilter.
  server.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(reply, toProblem(error, request, routes)),
  );
}

afterEach(() => server.close());

async function ask(url: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
  if (!server.server.listening) await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const all = { authorization: token, ...(headers as Record<string, string> | undefined) };
  return fetch(`http://127.0.0.1:${port}${url}`, { ...init, headers: all });
}

async function lineOf(method: 'GET' | 'POST', url: string): Promise<Record<string, unknown>> {
  await ask(url, { method });
  for (let tries = 0; lines.length === 0 && tries < 200; tries += 1) await sleep(10);
  expect(lines).toHaveLength(1);
  // The whole token: four letters of it may be in an id.
  expect(JSON.stringify(lines)).not.toContain('aaaa.bbbb');
  return lines[0]!;
}

describe('a request that names positions', () => {
  const after = (text: string): Promise<Response> => {
    addRoute('GET', '/v1/accounts/:id', () => undefined);
    return ask('/v1/accounts/17', { headers: { 'billing-after': text } });
  };

  test.each([
    ['is answered as usual once they have arrived', undefined, null],
    ['is told for how long they have not', 2_001, '2001'],
  ])('%s', async (_, waitedMs, told) => {
    staleMs = waitedMs;
    const { status, headers } = await after('2.1:4711, 1:billing.payin/0/7');
    expect({ status, stale: headers.get('billing-stale') }).toEqual({ status: 200, stale: told });
  });

  test('which cannot be read is refused by the name of the header', async () => {
    const response = await after('4711');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ field: 'Billing-After' }] });
  });

  test('of a path that there is none of is waited for by nobody', async () => {
    const response = await ask('/nowhere', { headers: { 'billing-after': '4711' } });
    expect(response.status).toBe(404);
  });
});

describe('the line of a request', () => {
  test.each<['GET' | 'POST', string, string, string | undefined, (reply: FastifyReply) => void]>([
    ['GET', '/v1/accounts/:id', '/v1/accounts/17', '17', () => undefined],
    ['GET', '/v1/accounts/:id/balance', '/v1/accounts/17/balance', '17', () => undefined],
    ['GET', '/v1/pay-outs/:id', `/v1/pay-outs/${uuid}`, uuid, () => undefined],
    ['GET', '/v1/pay-ins/:commandId', `/v1/pay-ins/${uuid}?receipt=x`, uuid, () => undefined],
    [
      'GET',
      '/v1/operations/datacenters/:node/dead-letters/:topic/:partition/:offset',
      '/v1/operations/datacenters/2/dead-letters/billing.payin/3/17',
      'billing.payin/3/17',
      () => undefined,
    ],
    [
      'POST',
      '/v1/accounts',
      '/v1/accounts',
      '129',
      (reply) => void reply.header('location', '/v1/accounts/129'),
    ],
    [
      'POST',
      '/v1/pay-ins',
      '/v1/pay-ins',
      uuid,
      (reply) => void reply.header('location', `/v1/pay-ins/${uuid}?receipt=0-17`),
    ],
    [
      'POST',
      '/v1/pay-outs',
      '/v1/pay-outs',
      uuid,
      () => {
        throw new HttpProblem('contended', 'others', { members: { payOutId: uuid } });
      },
    ],
    ['GET', '/v1/accounts', '/v1/accounts?username=ada', undefined, () => undefined],
    // What is no id is the caller's text, and may be anything: a token too.
    ['GET', '/v1/accounts/:id', '/v1/accounts/aaaa.bbbb.cccc', undefined, () => undefined],
    [
      'GET',
      '/v1/dead-letters/:topic/:partition/:offset',
      '/v1/dead-letters/aaaa.bbbb.cccc/0/1',
      undefined,
      () => undefined,
    ],
  ])('%s %s has address, client and the id in %s: %s', async (method, route, url, id, answer) => {
    addRoute(method, route, answer);
    const line = await lineOf(method, url);
    expect(line).toMatchObject({ path: route, address: '127.0.0.1', client: 'shop' });
    expect([line['objectId'], line['reason']]).toEqual([id, undefined]);
  });

  test.each<RefusalReason>(['missing', 'expired', 'signature', 'audience', 'lifetime', 'scope'])(
    'says of a 401 why: %s',
    async (reason) => {
      addRoute('GET', '/v1/accounts/:id', () => undefined);
      verdict = new TokenRefusedError(reason, 'the token is not valid');
      expect(await lineOf('GET', '/v1/accounts/17')).toMatchObject({
        status: 401,
        reason,
        address: '127.0.0.1',
        objectId: '17',
        client: undefined,
      });
    },
  );

  test('says of a 401 of the coordinator that it was refused elsewhere', async () => {
    addRoute('GET', '/v1/accounts/:id', () => {
      throw new HttpProblem('unauthenticated', 'the token has expired');
    });
    expect(await lineOf('GET', '/v1/accounts/17')).toMatchObject({
      status: 401,
      reason: 'elsewhere',
    });
  });

  test('is there for a client without the scope', async () => {
    addRoute('GET', '/v1/accounts/:id', () => undefined);
    verdict = {};
    const line = await lineOf('GET', '/v1/accounts/17');
    expect(line).toMatchObject({ status: 403, client: 'shop', objectId: '17' });
    expect(line['reason']).toBeUndefined();
  });
});

describe('what acts on many messages', () => {
  const config: RouteAccess = { scope: 'accounts:read', manyIds: true };
  const post = async (ids: unknown): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    return (await ask('/v1/many', { method: 'POST', headers, body: JSON.stringify({ ids }) }))
      .status;
  };

  beforeEach(async () => {
    await server.close();
    rateMax = 10;
    makeServer();
    server.route({ method: 'POST', url: '/v1/many', config, handler: () => ({}) });
  });

  test('counts each for the rate of its client', async () => {
    expect(await post(Array(30).fill('billing.payin/0/1'))).toBe(200);
    expect(await post(['billing.payin/0/1'])).toBe(429);
  });

  test('counts once without a list', async () => {
    for (const ids of [undefined, [], 'all', null]) {
      expect(await post(ids)).toBe(200);
    }
  });
});

describe('the address of a client', () => {
  const said = async (forwardedFor = '198.51.100.1, 203.0.113.5'): Promise<unknown> => {
    makeServer();
    server.route({
      method: 'GET',
      url: '/v1/address',
      config: { scope: 'accounts:read', query: class {} } satisfies RouteAccess,
      handler: (request) => ({ address: request.address }),
    });
    const headers = { 'x-forwarded-for': forwardedFor };
    const answer = await ask('/v1/address', { headers });
    return ((await answer.json()) as { address: string }).address;
  };

  beforeEach(() => server.close());

  test('is the other end of the connection, whatever it says', async () => {
    expect(await said()).toBe('127.0.0.1');
    await server.close();
    trustedProxies = ['10.0.0.7'];
    expect(await said()).toBe('127.0.0.1');
  });

  test('is what a trusted proxy saw, and not what that one was told', async () => {
    trustedProxies = ['127.0.0.0/8'];
    expect(await said()).toBe('203.0.113.5');
    await server.close();
    expect(await said('198.51.100.1, 127.0.0.9')).toBe('198.51.100.1');
    await server.close();
    expect(await said('somebody')).toBe('127.0.0.1');
  });
});
