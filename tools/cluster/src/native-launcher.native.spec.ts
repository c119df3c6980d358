import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, type Cluster } from './cluster.js';
import { processesWorkingIn } from './process-table.js';

/** Every process that names the home on its command line or works in it. */
function processesOf(home: string): string[] {
  const working = processesWorkingIn(join(home, 'dc1/postgres/data')).map(({ pid }) => `${pid}`);
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
    .filter((pid) => {
      try {
        return working.includes(pid) || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home);
      } catch {
        return false;
      }
    });
}

// PostgreSQL's backends and Kafka's JVM, as this machine lists them.
describe('a native datacenter', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({
      engine: 'native',
      nodeCount: 1,
      members: ['postgres', 'kafka'],
      postgres: { fsync: false },
    });
  }, 120_000);
  afterAll(() => cluster?.destroy(), 30_000);

  test('has no process any more when its members are killed', async () => {
    expect(processesOf(cluster.home).length).toBeGreaterThan(2);
    await cluster.killMember('postgres', 1);
    await cluster.killMember('kafka', 1);
    expect(processesOf(cluster.home)).toEqual([]);
  });

  test('has none when a paused member is stopped with the others', async () => {
    await Promise.all([cluster.startMember('postgres', 1), cluster.startMember('kafka', 1)]);
    await cluster.pauseMember('postgres', 1);
    await cluster.stop();
    expect(processesOf(cluster.home)).toEqual([]);
  }, 60_000);
});
