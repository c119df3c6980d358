import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startCluster, type Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';
import { GatewayProcess, problem, type Answer } from '../cluster/gateway/gateway-process.js';
import { RecordingPeer, rawStatus, type PeerAnswer } from './recording-peer.js';

let cluster: Cluster;
let gateway: GatewayProcess;
let peer: RecordingPeer;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
    postgres: { fsync: false },
    pipeline: true,
  });
  peer = await RecordingPeer.start();
  gateway = await GatewayProcess.start(cluster, {
    CONSOLE_STREAMS_MAX: '3',
    CONSOLE_STREAMS_PER_CLIENT_MAX: '1',
    // Nobody listens at the first.
    CONSOLE_PEER_GATEWAYS: `2=http://127.0.0.1:9 3=${peer.url}`,
  });
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await peer?.stop();
  await cluster?.destroy();
}, 60_000);

type Claims = NonNullable<Parameters<Cluster['signToken']>[0]>;

interface Node {
  readonly node: number;
  readonly snapshot: Record<string, Record<string, unknown>> | null;
  readonly fault: string | null;
}

async function overview(): Promise<Node[]> {
  const { body } = await gateway.call('GET', '/v1/operations/overview');
  return body['nodes'] as Node[];
}

describe('what operators watch', () => {
  test('is for the scope operator:read', async () => {
    const bearer = async (scope: string) => ({
      authorization: `Bearer ${await cluster.signToken({ sub: 'shop', scope })}`,
    });
    const { authorization } = await bearer('accounts:read');
    const looker = await bearer('operator:read');
    for (const path of ['overview', 'node', 'audit', 'datacenters/1/parked-pay-ins']) {
      const looked = await gateway.call('GET', `/v1/operations/${path}`, undefined, looker);
      expect([path, looked.status]).toEqual([path, 200]);
    }
    const act = '/v1/operations/datacenters/1/parked-pay-ins/retry';
    expect(await gateway.call('POST', act, {}, looker)).toMatchObject({
      status: 403,
      body: { scope: 'operator:act' },
    });
    const elsewhere = ['audit', 'dead-letters', 'parked-pay-ins', 'dead-letters/billing.payin/0/1'];
    for (const path of [
      ...['overview', 'overview/stream', 'node', 'history', 'audit'],
      ...elsewhere.map((path) => `datacenters/3/${path}`),
    ]) {
      expect(
        await gateway.call('GET', `/v1/operations/${path}`, undefined, { authorization }),
      ).toMatchObject({ status: 403 });
    }
  });

  test('is this datacenter by its figures, and of a silent one that it is silent', async () => {
    const [own, away] = await eventually(
      overview,
      ([first]) => first?.snapshot?.['lag']?.['fault'] === null,
    );
    expect(own).toMatchObject({
      node: 1,
      fault: null,
      snapshot: {
        faults: {},
        lag: { messages: 0, oldestSeconds: 0, halted: 0, fault: null },
        deadLetters: { open: 0, byReason: {} },
        parked: { count: 0 },
        drains: { stages: [{ stage: 'undecided' }, { stage: 'untold' }, { stage: 'reserved' }] },
        audit: { open: 0, first: null, fault: null },
        links: { peers: [], fault: null },
      },
    });
    expect(own?.snapshot?.['lag']?.['partitions']).toHaveLength(12);
    expect(away).toMatchObject({ node: 2, snapshot: null, fault: expect.stringMatching(/./) });
  }, 30_000);

  test('has a last hour of each figure, and no others', async () => {
    const { body } = await eventually(
      () => gateway.call('GET', '/v1/operations/history?metric=lag_messages'),
      ({ body: { series } }) => (series as { points: [] }[])[0]!.points.length > 0,
    );
    expect(body).toMatchObject({
      metric: 'lag_messages',
      stepSeconds: 10,
      series: [
        { node: 1, fault: null },
        { node: 2, fault: expect.any(String) },
        { node: 3, fault: expect.any(String) },
      ],
    });
    expect(await gateway.call('GET', '/v1/operations/history?metric=money')).toEqual(
      expect.objectContaining(problem('invalid-request', 400, ['metric'])),
    );
  }, 30_000);

  test('says of what cannot be read why, and shows no old figure', async () => {
    await cluster.stopMember('kafka', 1);
    const [own] = await eventually(
      overview,
      ([first]) => first?.snapshot?.['lag']?.['fault'] !== null,
    );
    expect(own?.snapshot?.['lag']).toEqual({ fault: expect.stringMatching(/./) });
    expect(own?.snapshot?.['deadLetters']).toMatchObject({ open: 0, fault: null });
    await cluster.startMember('kafka', 1);
    await eventually(overview, ([first]) => first?.snapshot?.['lag']?.['fault'] === null);
  }, 90_000);

  test('is streamed to so many at once and no more, and to so many of one client', async () => {
    const open = new AbortController();
    const [first, ...more] = await Promise.all(
      ['ada', 'ada', 'ada'].map((sub) => openStream({ sub }, open.signal)),
    ).then((answers) => answers.sort((a, b) => a.status - b.status));
    const { value } = await first!.body!.getReader().read();
    expect(Buffer.from(value!).toString()).toMatch(/^id: 1\nevent: snapshot\ndata: \{.*\}\n\n$/s);
    const kindOf = async (answer: Response): Promise<string> =>
      `${answer.status} ${((await answer.json()) as { type: string }).type.split('/').at(-1)}`;
    expect(await Promise.all(more.map(kindOf))).toEqual([
      '429 too-many-requests',
      '429 too-many-requests',
    ]);
    for (const sub of ['bob', 'cyd']) {
      expect((await openStream({ sub }, open.signal)).status).toBe(200);
    }
    expect(await kindOf(await openStream({ sub: 'dee' }, open.signal))).toBe('503 overloaded');
    open.abort();
    // The places are free again.
    const again = new AbortController();
    await untilOpened('ada', again);
    again.abort();
  }, 30_000);

  test('is streamed for as long as the token lasts', async () => {
    const expiresInSeconds = 3;
    const startedMs = Date.now();
    const stream = await openStream({ sub: 'eve', expiresInSeconds });
    const reader = stream.body!.getReader();
    while (!(await reader.read()).done);
    const lateMs = Date.now() - startedMs - 1_000 * expiresInSeconds;
    expect(lateMs).toBeGreaterThan(-1_100);
    expect(lateMs).toBeLessThan(10_000);
  }, 45_000);

  test('is not kept for those who do not read it, nor beyond their tokens', async () => {
    // Enough for every buffer on the way to be full within seconds.
    let told = 0;
    peer.answer = () => {
      told += 1;
      const body = JSON.stringify({ told, padding: 'x'.repeat(900_000) });
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    };
    const idle = [
      await openAndNotRead({ sub: 'fay', expiresInSeconds: 12 }),
      await openAndNotRead({ sub: 'gus' }),
    ];
    try {
      for (const sub of ['fay', 'gus']) {
        expect((await openStream({ sub })).status).toBe(429);
        const again = new AbortController();
        await untilOpened(sub, again, 60_000);
        again.abort();
      }
    } finally {
      for (const socket of idle) socket.destroy();
      peer.answer = undefined;
    }
  }, 90_000);

  const path = '/v1/operations/overview/stream';

  async function openStream(claims: Claims, signal?: AbortSignal): Promise<Response> {
    const headers = { authorization: `Bearer ${await cluster.signToken(claims)}` };
    return fetch(gateway.url + path, { headers, ...(signal && { signal }) });
  }

  async function untilOpened(sub: string, stop: AbortController, forMs?: number): Promise<void> {
    await eventually(
      () => openStream({ sub }, stop.signal),
      ({ status }) => status === 200,
      forMs,
    );
  }

  async function openAndNotRead(claims: Claims): Promise<Socket> {
    const authorization = `Bearer ${await cluster.signToken(claims)}`;
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
    await once(socket, 'readable');
    return socket;
  }
});

describe('what is asked of another datacenter', () => {
  const at = (path: string): string => `/v1/operations/datacenters/${path}`;
  const json = { 'content-type': 'application/json; charset=utf-8' };

  test('reaches it as it is written in the list, with the caller, and its answer comes back', async () => {
    peer.answer = () => ({
      status: 409,
      headers: { ...json, 'set-cookie': 'a=b', 'x-powered-by': 'x', 'retry-after': '7' },
      body: '{"status":409}',
    });
    const path = '3/dead-letters/billing.payin/4/1207~2/discard';
    const answer = await gateway.call('POST', at(path), { note: 'ü' }, { 'x-request-id': 'one' });
    expect(answer).toMatchObject({ status: 409, body: { status: 409 } });
    expect(answer.headers.get('content-type')).toBe(json['content-type']);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('x-powered-by')).toBeNull();
    const [asked] = peer.taken();
    expect(asked).toMatchObject({
      method: 'POST',
      url: '/v1/dead-letters/billing.payin/4/1207~2/discard',
      body: '{"note":"ü"}',
      headers: { 'x-request-id': 'one', authorization: expect.stringMatching(/^Bearer ey/) },
    });
    expect(asked?.headers).not.toHaveProperty('cookie');

    await gateway.call('GET', at('3/dead-letters?status=all&limit=7'));
    await gateway.call('POST', at('3/parked-pay-ins/retry'), undefined, { cookie: 'a=b' });
    await gateway.call('GET', at('3/audit'));
    expect(peer.taken().map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v1/dead-letters?status=all&limit=7',
      'POST /v1/parked-pay-ins/retry',
      'GET /v1/operations/audit',
    ]);
  });

  test.each([
    ['GET', '3/node'],
    ['GET', '3/overview'],
    ['GET', '3/accounts/1'],
    ['POST', '3/pay-outs'],
    ['DELETE', '3/dead-letters'],
    ['POST', '3/audit'],
    ['GET', '3/audit/'],
    ['GET', '3/audit/x'],
    ['GET', '3/'],
    ['GET', '3//audit'],
    ['GET', '3/../../../v1/pay-outs/1'],
    ['GET', '3/dead-letters/../1/2'],
    ['GET', '3/dead-letters/%2e%2e/1/2'],
    ['GET', '3/dead-letters/..%2f..%2fnode/1/2'],
    ['GET', '3/dead-letters/a%2fb/1/2'],
    ['GET', '3/dead-letters/billing.payin/..%2f..%2faudit/2'],
    ['GET', '3/dead-letters/billing.payin/1/2%3fx=1'],
    ['GET', '3/dead-letters/billing.payin/1/2%23'],
    ['POST', '3/dead-letters/billing.payin/1/2/..%2freplay'],
    ['POST', '3/dead-letters/billing.payin/1/2/remove'],
    ['GET', '3/dead-letters?status=open&path=/v1/accounts'],
    ['GET', '3/dead-letters?cursor=../../accounts'],
    ['GET', '3%2faudit/audit'],
    ['GET', '@127.0.0.1/audit'],
    ['GET', '3@127.0.0.1/audit'],
    ['GET', '03/audit'],
    ['GET', '4/audit'],
    ['GET', '%33%00/audit'],
  ])('%s %s reaches nobody', async (method, path) => {
    peer.answer = () => ({ status: 200, headers: json, body: '{}' });
    const headers = { authorization: `Bearer ${await cluster.signToken()}` };
    const status = await rawStatus(gateway.url, method, at(path), headers);
    expect([400, 404, 405]).toContain(status);
    expect(peer.taken()).toEqual([]);
  });

  test('is answered here for this datacenter itself, and 404 for one that is not known', async () => {
    expect(await gateway.call('GET', at('1/audit'))).toMatchObject({
      status: 200,
      body: { node: 1, faults: [] },
    });
    expect(await gateway.call('GET', at('1/dead-letters/billing.payin/0/1'))).toEqual(
      expect.objectContaining(problem('not-found', 404)),
    );
    expect(await gateway.call('GET', at('4/audit'))).toEqual(
      expect.objectContaining(problem('not-found', 404)),
    );
  });

  test('and not answered is a problem that names it, and says that it may be asked again', async () => {
    const read = await gateway.call('GET', at('2/parked-pay-ins'));
    expect(read).toEqual(expect.objectContaining(problem('datacenter-unreachable', 503)));
    expect(read.body).toMatchObject({ node: 2, retryable: true });
    expect(read.body['detail']).toMatch(/^the gateway of dc2 gives no answer \(.+\)$/);
    const act = await gateway.call('POST', at('2/dead-letters/bulk'), {
      act: 'replay',
      ids: ['x'],
    });
    expect(act.body['detail']).toMatch(
      /dc2 .* may or may not have been done, and may be asked again/,
    );
  });

  test.each<[string, () => PeerAnswer]>([
    ['leads elsewhere', () => ({ status: 302, headers: { location: '/v1/services' }, body: '' })],
    ['is a page', () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' })],
    ['is too long', () => ({ status: 200, headers: json, body: 'x'.repeat(9_000_000) })],
    ['breaks off', () => ({ status: 200, headers: { ...json, 'content-length': '9' }, body: '{' })],
  ])('and an answer that %s is none', async (_what, answer) => {
    peer.answer = answer;
    const { status, body } = await gateway.call('GET', at('3/audit'));
    expect({ status, node: body['node'] }).toEqual({ status: 503, node: 3 });
    expect(peer.taken().map(({ url }) => url)).toEqual(['/v1/operations/audit']);
  });

  test('is waited for in bounded time, and not by one client in every place', async () => {
    peer.answer = undefined;
    const startedMs = Date.now();
    const ask = async (sub: string): Promise<Answer> => {
      const authorization = `Bearer ${await cluster.signToken({ sub })}`;
      return gateway.call('GET', at('3/audit'), undefined, { authorization });
    };
    const many = Promise.all(Array.from({ length: 40 }, () => ask('hal')));
    await eventually(
      () => Promise.resolve(peer.taken()),
      (asked) => asked.length > 0,
    );
    const other = ask('ida');
    expect((await many).filter(({ status }) => status === 429)).toHaveLength(40 - 16);
    expect((await other).body['detail']).toContain('no answer in 6 s');
    expect(Date.now() - startedMs).toBeLessThan(12_000);
    peer.taken();
  }, 20_000);

  test('is not kept waiting for by a gateway that stops', async () => {
    peer.answer = undefined;
    const act = gateway.call('POST', at('3/parked-pay-ins/retry'));
    await eventually(
      () => Promise.resolve(peer.taken().length),
      (asked) => asked === 1,
    );
    const startedMs = Date.now();
    expect(await gateway.stop()).toBe(0);
    expect(Date.now() - startedMs).toBeLessThan(8_000);
    const { status, body } = await act;
    expect(status).toBe(503);
    expect(body['detail']).toContain('this gateway is stopping');
    expect(body['detail']).toContain('may or may not have been done');
  }, 30_000);
});
