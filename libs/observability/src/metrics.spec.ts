import { setTimeout as sleep } from 'node:timers/promises';
import { checkReadiness, ManagementServer, Metrics } from './index.js';

const create = (): Metrics => new Metrics({ app: 'spec', nodeId: 7 });
const linesOf = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await metrics.expose()).text.split('\n').filter((line) => line.startsWith(name));
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await sleep(2);
};

describe('metrics', () => {
  test('bear the app and its node, and say which version runs', async () => {
    const metrics = create();
    expect(await linesOf(metrics, 'billing_build_info')).toEqual([
      'billing_build_info{version="0.1.0",app="spec",node="7"} 1',
    ]);
    expect(await linesOf(metrics, 'billing_disk_free_bytes')).toEqual([
      expect.stringMatching(/^billing_disk_free_bytes\{app="spec",node="7"\} [1-9]\d+/),
    ]);
    expect(await linesOf(metrics, 'nodejs_eventloop_lag_p99_seconds')).toHaveLength(1);
  });

  test('show pools as they are at the scrape', async () => {
    const metrics = create();
    let waiting = 0;
    metrics.watchPool('reads', () => ({ max: 8, total: 5, idle: 2, waiting }));
    waiting = 3;
    expect(await linesOf(metrics, 'billing_database_pool')).toEqual([
      'billing_database_pool_connections{pool="reads",state="in_use",app="spec",node="7"} 3',
      'billing_database_pool_connections{pool="reads",state="idle",app="spec",node="7"} 2',
      'billing_database_pool_connections_max{pool="reads",app="spec",node="7"} 8',
      'billing_database_pool_waiting_requests{pool="reads",app="spec",node="7"} 3',
    ]);
  });

  test('are made once for all who ask at the same moment', async () => {
    const metrics = create();
    let scrapes = 0;
    metrics.gauge('billing_spec_scrapes', 'Of a spec.', [], (gauge) => gauge.set((scrapes += 1)));
    await Promise.all(Array.from({ length: 50 }, () => metrics.expose()));
    expect(scrapes).toBe(1);
    await until(async () => (await linesOf(metrics, 'billing_spec_scrapes'))[0]!.endsWith(' 2'));
  });
});

test('an app without HTTP shows them beside its health', async () => {
  const server = new ManagementServer(() => Promise.resolve({ kafka: 'away' }), create());
  const port = await server.listen('127.0.0.1', 0);
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
  const answer = await get('/metrics');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  expect(await answer.text()).toContain('billing_build_info');
  expect((await get('/health/ready')).status).toBe(503);
  expect((await get('/metric')).status).toBe(404);
  await server.close();
});

test('a part that hangs and one that throws are failures under their own names', async () => {
  const failures = await checkReadiness({
    fine: () => Promise.resolve(undefined),
    wrong: () => Promise.resolve('read-only'),
    away: () => Promise.reject(new Error('refused')),
    frozen: () => new Promise(() => undefined),
  });
  expect(failures).toEqual({ wrong: 'read-only', away: 'refused', frozen: 'no answer in 1500 ms' });
});
