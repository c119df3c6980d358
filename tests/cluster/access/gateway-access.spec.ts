import { randomUUID } from 'node:crypto';
import { developerScopes, startCluster, type Cluster } from '@billing/cluster';
import { essence, GatewayProcess, problem, type Answer } from './gateway-process.js';
import { eventually } from '@billing/testing';

let cluster: Cluster;
let gateway: GatewayProcess;
let account: string;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres', 'kafka', 'coordinator'],
    postgres: { fsync: false },
  });
  gateway = await GatewayProcess.start(cluster);
  const { body } = await post('/v1/accounts', { username: 'access' });
  account = body['id'] as string;
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await cluster?.destroy();
}, 60_000);

const get = (path: string, headers = {}): Promise<Answer> =>
  gateway.call('GET', path, undefined, headers);
const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
  gateway.call('POST', path, body, headers);
const bearer = async (claims: object) => ({
  authorization: `Bearer ${await cluster.signToken({ sub: 'spec', ...claims })}`,
});

describe('who may call', () => {
  test('health needs no token, everything else does, metrics too: they are at the management port', async () => {
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${gateway.url}/health/ready`)).json()).toEqual({ status: 'ready' });
    expect((await get('/metrics')).status).toBe(404);
    const metrics = await fetch(`${gateway.managementUrl}/metrics`);
    expect([metrics.status, await metrics.text()]).toEqual([
      200,
      expect.stringContaining('app="gateway"'),
    ]);
    for (const path of ['/v1/services', '/metrics', '/v1/pay-ins', '/v1/accounts/1', '/nowhere']) {
      const response = await fetch(gateway.url + path);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(response.headers.get('content-type')).toMatch('application/problem+json');
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

  test.each([
    ['GET', '/v1/accounts/1', 'accounts:read'],
    ['GET', '/v1/accounts/1/balance', 'accounts:read'],
    ['GET', '/v1/accounts/1/transactions', 'accounts:read'],
    ['GET', '/v1/accounts?username=x', 'accounts:read'],
    ['POST', '/v1/accounts', 'accounts:write'],
    ['DELETE', '/v1/accounts/999999937', 'accounts:write'],
    ['POST', '/v1/accounts/1/corrections', 'operator:act'],
    ['GET', '/v1/acts', 'operator:read'],
    ['GET', '/v1/operations/datacenters/2/acts', 'operator:read'],
    ['GET', '/v1/dead-letters', 'operator:read'],
    ['GET', '/v1/parked-pay-ins', 'operator:read'],
    ['GET', '/v1/operations/audit', 'operator:read'],
    ['GET', '/v1/operations/datacenters/2/audit', 'operator:read'],
    ['POST', '/v1/dead-letters/bulk', 'operator:act'],
    ['POST', '/v1/parked-pay-ins/retry', 'operator:act'],
    ['POST', '/v1/operations/datacenters/2/parked-pay-ins/discard', 'operator:act'],
    ['POST', '/v1/pay-ins', 'pay-ins:write'],
    ['POST', '/v1/pay-ins/bulk', 'pay-ins:write'],
    ['GET', `/v1/pay-ins/${randomUUID()}`, 'pay-ins:read'],
    ['GET', '/v1/services', 'services:read'],
  ])(
    '%s %s without its scope: 403 names %s; with it: another answer',
    async (method, path, scope) => {
      const others = developerScopes
        .split(' ')
        // Acting includes looking.
        .filter((one) => one !== scope && !(scope === 'operator:read' && one === 'operator:act'));
      const body = method === 'POST' ? {} : undefined;
      const askWith = async (granted: string): Promise<Answer> =>
        gateway.call(method, path, body, await bearer({ scope: granted }));
      const answer = await askWith(others.join(' '));
      expect(essence(answer)).toEqual(problem('missing-scope', 403));
      expect(answer.body).toMatchObject({ scope, detail: expect.stringContaining(scope) });
      // What the path and the body are about is not there, or not good.
      expect([200, 204, 400, 404]).toContain((await askWith(scope)).status);
    },
  );

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

  test('an account is opened with money by who may bring some', async () => {
    const open = async (initialBalance: string, scope: string): Promise<Answer> =>
      post('/v1/accounts', { username: 'funded', initialBalance }, await bearer({ scope }));
    const refused = await open('5.00', 'accounts:write');
    expect(essence(refused)).toEqual(problem('missing-scope', 403));
    expect(refused.body).toMatchObject({ scope: 'accounts:fund' });
    expect(refused.headers.get('www-authenticate')).toContain('scope="accounts:fund"');
    expect((await open('0.00', 'accounts:write')).status).toBe(201);
    expect((await open('5.00', 'accounts:write accounts:fund')).status).toBe(201);
  });

  test('the log says who asked, from where, about what, and why a token was refused', async () => {
    const requestId = `spec-${randomUUID()}`;
    const lines = (): Record<string, unknown>[] =>
      gateway.log
        .split('\n')
        .filter((line) => line.includes(requestId))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
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
