import { startCluster, type Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';
import { GatewayProcess, problem } from '../cluster/gateway.process.js';

let cluster: Cluster;
let gateway: GatewayProcess;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    parts: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
    postgres: { fsync: false },
    pipeline: true,
  });
  gateway = await GatewayProcess.start(cluster, {
    CONSOLE_STREAMS_MAX: '1',
    // Nobody listens there.
    CONSOLE_PEER_GATEWAYS: '2=http://127.0.0.1:9',
  });
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await cluster?.destroy();
}, 60_000);

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
  test('is for the scope operator', async () => {
    const authorization = `Bearer ${cluster.signToken({ sub: 'shop', scope: 'accounts:read' })}`;
    for (const path of ['overview', 'overview/stream', 'node', 'history', 'audit']) {
      expect(
        await gateway.call('GET', `/v1/operations/${path}`, undefined, { authorization }),
      ).toMatchObject({ status: 403 });
    }
  });

  test('is this datacenter by its figures, and of a silent one that it is silent', async () => {
    const [own, peer] = await eventually(
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
        links: { peers: [], fault: null },
      },
    });
    expect(own?.snapshot?.['lag']?.['partitions']).toHaveLength(12);
    expect(peer).toMatchObject({ node: 2, snapshot: null, fault: expect.stringMatching(/./) });
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
      ],
    });
    expect(await gateway.call('GET', '/v1/operations/history?metric=money')).toEqual(
      expect.objectContaining(problem('invalid-request', 400, ['metric'])),
    );
  }, 30_000);

  test('says of what cannot be read why, and shows no old figure', async () => {
    await cluster.stopPart('kafka', 1);
    const [own] = await eventually(
      overview,
      ([first]) => first?.snapshot?.['lag']?.['fault'] !== null,
    );
    expect(own?.snapshot?.['lag']).toEqual({ fault: expect.stringMatching(/./) });
    expect(own?.snapshot?.['deadLetters']).toMatchObject({ open: 0, fault: null });
    await cluster.startPart('kafka', 1);
    await eventually(overview, ([first]) => first?.snapshot?.['lag']?.['fault'] === null);
  }, 90_000);

  test('is streamed to so many at once and no more', async () => {
    const url = `${gateway.url}/v1/operations/overview/stream`;
    const headers = { authorization: `Bearer ${cluster.signToken()}` };
    const aborter = new AbortController();
    const first = await fetch(url, { headers, signal: aborter.signal });
    const reader = first.body!.getReader();
    const { value } = await reader.read();
    expect(Buffer.from(value!).toString()).toMatch(/^id: 1\nevent: snapshot\ndata: \{.*\}\n\n$/s);
    expect(await gateway.call('GET', '/v1/operations/overview/stream')).toEqual(
      expect.objectContaining(problem('overloaded', 503)),
    );
    aborter.abort();
    // The place is free again.
    const again = new AbortController();
    await eventually(
      () => fetch(url, { headers, signal: again.signal }),
      ({ status }) => status === 200,
    );
    again.abort();
  }, 30_000);
});
