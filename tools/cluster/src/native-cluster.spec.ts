import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NativeCluster, startNativeCluster } from './native-cluster.js';
import { createTopics, isBrokerAnswering } from './kafka-wire.js';
import { processesWorkingIn } from './process-table.js';

const stopLimitMs = 10_000;

function psql(cluster: NativeCluster, sql: string): string {
  const args = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql, cluster.connectionString(1)];
  return execFileSync('psql', args, { encoding: 'utf8' }).trim();
}

/** Every process that names the home on its command line or works in it. */
function processesOf(home: string): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
    .filter((pid) => {
      try {
        const named = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home);
        return (
          named ||
          processesWorkingIn(join(home, 'dc1/postgres/data')).some((p) => `${p.pid}` === pid)
        );
      } catch {
        return false;
      }
    });
}

describe('one datacenter with PostgreSQL and Kafka', () => {
  let cluster: NativeCluster;

  beforeAll(async () => {
    cluster = await startNativeCluster({
      nodeCount: 1,
      parts: ['postgres', 'kafka'],
      postgres: { fsync: false },
    });
  }, 120_000);
  afterAll(() => cluster?.destroy(), 30_000);

  test('PostgreSQL has the database and the settings that replication needs', () => {
    expect(psql(cluster, 'select current_database(), current_user')).toBe('billing|admin');
    const settings = psql(
      cluster,
      `select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
        where name in ('wal_level', 'shared_preload_libraries', 'track_commit_timestamp',
                       'password_encryption', 'log_parameter_max_length')`,
    );
    expect(settings).toBe(
      'log_parameter_max_length=0 password_encryption=scram-sha-256 ' +
        'shared_preload_libraries=pglogical track_commit_timestamp=on wal_level=logical',
    );
    expect(
      psql(cluster, `select pg_read_file(current_setting('billing.pgcrypto_key_file')) <> ''`),
    ).toBe('t');
  });

  test('nobody gets in without a password', () => {
    const url = cluster.databaseUrl(1);
    const attempt = (): unknown =>
      execFileSync('psql', ['-XAtw', '-c', 'select 1', url], { stdio: 'pipe' });
    expect(attempt).toThrow(/no password supplied/);
  });

  test('passwords and keys are for their owner alone', () => {
    const modeOf = (file: string): number => statSync(file).mode & 0o777;
    expect(modeOf(cluster.secrets.folder)).toBe(0o700);
    for (const file of readdirSync(cluster.secrets.folder)) {
      expect(modeOf(join(cluster.secrets.folder, file))).toBe(0o600);
    }
    expect(modeOf(cluster.layout.tokenFile)).toBe(0o600);
    expect(modeOf(cluster.layout.pgcryptoKeyFile)).toBe(0o600);
  });

  test('Kafka answers and has the topics of the topology; making them again changes nothing', async () => {
    const { kafka } = cluster.ports(1);
    expect(await isBrokerAnswering('127.0.0.1', kafka)).toBe(true);
    await createTopics('127.0.0.1', kafka, cluster.topology.topics);
    const folders = readdirSync(join(cluster.home, 'dc1/kafka/data'));
    const count = (topic: string): number =>
      folders.filter((name) => new RegExp(`^${topic}-\\d+$`).test(name)).length;
    expect([count('billing.payin'), count('billing.payin.dlq')]).toEqual([12, 3]);
  });

  test('a topic that the broker refuses is named with its reason', async () => {
    const topics = [{ name: 'bad name', partitions: 1 }];
    await expect(createTopics('127.0.0.1', cluster.ports(1).kafka, topics)).rejects.toThrow(
      /topic bad name was not made: Topic name is invalid/,
    );
  });

  test('kill -9 of both keeps what was committed, and both come back', async () => {
    psql(cluster, 'create table kept as select 42 as answer');
    await cluster.killPart('postgres', 1);
    await cluster.killPart('kafka', 1);
    expect(processesOf(cluster.home)).toEqual([]);
    expect(cluster.status().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
    await Promise.all([cluster.startPart('postgres', 1), cluster.startPart('kafka', 1)]);
    expect(psql(cluster, 'select answer from kept')).toBe('42');
    expect(await isBrokerAnswering('127.0.0.1', cluster.ports(1).kafka)).toBe(true);
  }, 60_000);

  test('a paused PostgreSQL does not answer, and goes on when resumed', () => {
    cluster.pausePart('postgres', 1);
    try {
      const attempt = (): unknown =>
        execFileSync('psql', ['-XAtc', 'select 1', cluster.connectionString(1)], {
          stdio: 'pipe',
          timeout: 500,
        });
      expect(attempt).toThrow(/ETIMEDOUT/);
    } finally {
      cluster.resumePart('postgres', 1);
    }
    expect(psql(cluster, 'select 1')).toBe('1');
  });

  test('another engine for the same home finds the same ports and passwords', async () => {
    const second = await NativeCluster.create({ home: cluster.home, nodeCount: 1, parts: [] });
    expect(second.ports(1)).toEqual(cluster.ports(1));
    expect(second.connectionString(1)).toBe(cluster.connectionString(1));
  });

  test('stops within 10 s, leaves no process, and finds its data and ports again', async () => {
    const ports = cluster.ports(1);
    const startedMs = Date.now();
    await cluster.stop();
    expect(Date.now() - startedMs).toBeLessThan(stopLimitMs);
    expect(processesOf(cluster.home)).toEqual([]);
    await cluster.start();
    expect(cluster.ports(1)).toEqual(ports);
    expect(psql(cluster, 'select answer from kept')).toBe('42');
  }, 60_000);

  test('a temporary home is removed with its cluster', async () => {
    await cluster.destroy();
    expect(processesOf(cluster.home)).toEqual([]);
    expect(existsSync(cluster.home)).toBe(false);
  }, 30_000);
});
