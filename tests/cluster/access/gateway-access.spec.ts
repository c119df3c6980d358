import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';
import { GatewayCells } from './gateway-cells.js';
import { gatewayRows, routeOf } from './gateway-rows.js';
import { AccessSite } from './access-site.js';
import { essence, GatewayProcess, problem, type Answer } from '../gateway/gateway-process.js';

// The table of routes × { no token, too few scopes, another tenant, over its limit, right }: gateway-rows.ts has the rows.
let site: AccessSite;
let cluster: Cluster;
let gateway: GatewayProcess;
/** Takes five requests a second of a client of a tenant. */
let limited: GatewayProcess;
/** Of a client that has used that up for longer than any test lasts. */
let busy: string;

beforeAll(async () => {
  site = await AccessSite.start();
  ({ gateway } = site);
  ({ cluster } = site.tenants);
  limited = await GatewayProcess.start(cluster, { HTTP_RATE_MAX: '5' });
  busy = await cluster.signToken({ sub: 'busy', tenant: 'mine' });
  // A bulk counts as what is in it.
  const items = Array.from({ length: 9_000 }, () => ({}));
  const { status } = await limited.call('POST', '/v1/pay-ins/bulk', items, bearerOf(busy));
  expect(status).toBe(200);
}, 120_000);

afterAll(async () => {
  await limited?.stop();
  await site?.destroy();
}, 60_000);

const get = (path: string, headers = {}): Promise<Answer> =>
  gateway.call('GET', path, undefined, headers);
const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
  gateway.call('POST', path, body, headers);
const bearerOf = (token: string) => ({ authorization: `Bearer ${token}` });
const bearer = async (claims: object) =>
  bearerOf(await cluster.signToken({ sub: 'spec', ...claims }));

describe.each(Object.entries(gatewayRows))('%s', (name, row) => {
  let cells: GatewayCells;

  beforeAll(async () => {
    cells = await GatewayCells.make(site, name, row);
  });

  test('without a token', () => cells.noToken());
  test('with too few scopes', () => cells.tooFewScopes());
  test('of another tenant', () => cells.anotherTenant());
  test('over its limit', () => cells.overLimit(limited, busy));
  test('right', () => cells.right());
});

test('every route that a gateway has registered has its row, and every row its route', () => {
  const registered = gateway.log
    .split('\n')
    .filter((line) => line.includes('"msg":"route"'))
    .map((line) => JSON.parse(line) as { method: string; url: string; scope: string })
    // Fastify adds it to each GET.
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, scope }) => [`${method} ${url.replace(/:(\w+)/g, '{$1}')}`, scope]);
  const rows = Object.entries(gatewayRows)
    .filter(([, { at }]) => at !== 'management')
    .map(([name, { scopes }]) => [routeOf(name), scopes === 'public' ? scopes : scopes[0]]);
  expect(registered.length).toBeGreaterThan(40);
  expect(Object.fromEntries(registered)).toEqual(Object.fromEntries(rows));
});

test('a rate is that of a client of a tenant: of its name in another tenant, and of others there, nothing is taken', async () => {
  for (const claims of [
    { sub: 'busy', tenant: 'theirs' },
    { sub: 'calm', tenant: 'mine' },
  ]) {
    const answer = await limited.call('GET', '/v1/services', undefined, await bearer(claims));
    expect(answer.status).toBe(200);
  }
});

describe('who may call', () => {
  test('a path that there is none of wants a token too; metrics are at the management port alone', async () => {
    for (const path of ['/metrics', '/v1', '/nowhere']) {
      const response = await fetch(gateway.url + path);
      expect([path, response.status]).toEqual([path, 401]);
      expect(essence(await get(path))).toEqual(problem('not-found', 404));
      expect((await fetch(gateway.managementUrl + path)).status).toBe(
        path === '/metrics' ? 200 : 404,
      );
    }
  });

  test.each([
    ['not a token', () => ({ authorization: 'Bearer x.y.z' })],
    ['another scheme', () => ({ authorization: 'Basic YTpi' })],
    ['expired', () => bearer({ expiresInSeconds: -60 })],
    ['for longer than 30 days', () => bearer({ expiresInSeconds: 31 * 86_400 })],
    ['with a scope that is no text', () => bearer({ scope: 7 })],
    ['of another issuer', () => bearer({ iss: 'somebody' })],
    ['for another audience', () => bearer({ aud: 'somebody' })],
    ['for no client', () => bearer({ sub: '' })],
  ])('a token that is %s is refused', async (_, headers) => {
    const answer = await get('/v1/services', await headers());
    expect(essence(answer)).toEqual(problem('unauthenticated', 401));
  });

  test('acting includes looking, the word of before means both, and a list of scopes is understood', async () => {
    for (const scope of ['operator:act', 'operator', ['pay-ins:read', 'operator:read']]) {
      const looked = await gateway.call(
        'GET',
        '/v1/dead-letters',
        undefined,
        await bearer({ scope }),
      );
      expect([scope, looked.status]).toEqual([scope, 200]);
    }
    const retry = async (scope: string): Promise<number> =>
      (await post('/v1/parked-pay-ins/retry', {}, await bearer({ scope }))).status;
    expect([await retry('operator:read'), await retry('operator')]).toEqual([403, 200]);
  });

  test('the log says who asked, from where, about what, and why a token was refused', async () => {
    const requestId = `spec-${randomUUID()}`;
    const lines = (): Record<string, unknown>[] =>
      gateway.log
        .split('\n')
        .filter((line) => line.includes(requestId))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const account = (await post('/v1/accounts', { username: 'access' })).body[
      'accountId'
    ] as string;
    const path = `/v1/accounts/${account}`;
    const foreign = await bearer({ aud: 'somebody' });
    const long = await bearer({ expiresInSeconds: 31 * 86_400 });
    await get(path, { 'x-request-id': requestId });
    await get(path, { ...foreign, 'x-request-id': requestId });
    await get(path, { ...long, 'x-request-id': requestId });
    const seen = await eventually(
      async () => lines(),
      ({ length }) => length === 3,
    );
    const common = { objectId: account, address: '127.0.0.1', path: '/v1/accounts/:id' };
    expect(seen).toMatchObject([
      { ...common, status: 200, client: 'developer' },
      { ...common, status: 401, reason: 'audience' },
      { ...common, status: 401, reason: 'lifetime' },
    ]);
    for (const { authorization } of [foreign, long]) {
      expect(gateway.log).not.toContain(authorization.slice('Bearer '.length));
    }
  });
});
