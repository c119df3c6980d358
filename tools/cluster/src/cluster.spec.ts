import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, startCluster } from './cluster.js';
import { createTopics, isBrokerAnswering } from './broker.js';
import { isPortFree } from './ports.js';
import type { ProgramRun } from './program.js';

// On whichever engine TEST_ENGINE names. What only processes of this machine show is in
// native-launcher.native.spec.ts.
const stopLimitMs = 10_000;

function runPsql(
  cluster: Cluster,
  sql: string,
  options: { readonly password?: string; readonly timeoutMs?: number } = {},
): Promise<ProgramRun> {
  const password = options.password ?? cluster.secrets.password(cluster.topology.superuser);
  return cluster.runDatabaseProgram({
    file: 'psql',
    args: ['-XAtqw', '-v', 'ON_ERROR_STOP=1', '-c', sql, cluster.databaseUrl(1)],
    env: { PGPASSWORD: password },
    cwd: cluster.home,
    timeoutMs: options.timeoutMs ?? 20_000,
  });
}

async function psql(cluster: Cluster, sql: string): Promise<string> {
  const { code, output } = await runPsql(cluster, sql);
  expect([code, output]).toEqual([0, output]);
  return output.trim();
}

async function arePortsFree(cluster: Cluster): Promise<boolean> {
  const { postgres, kafka, kafkaController } = cluster.ports(1);
  const free = await Promise.all([postgres, kafka, kafkaController].map((p) => isPortFree(p)));
  return free.every(Boolean);
}

describe('one datacenter with PostgreSQL and Kafka', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({
      nodeCount: 1,
      members: ['postgres', 'kafka'],
      postgres: { fsync: false },
    });
  }, 120_000);
  afterAll(() => cluster?.destroy(), 30_000);

  test('PostgreSQL has the database and the settings that replication needs', async () => {
    expect(await psql(cluster, 'select current_database(), current_user')).toBe('billing|admin');
    const settings = await psql(
      cluster,
      `select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
        where name in ('wal_level', 'shared_preload_libraries', 'track_commit_timestamp',
                       'password_encryption', 'log_parameter_max_length', 'listen_addresses',
                       'server_encoding')`,
    );
    expect(settings).toBe(
      'listen_addresses=127.0.0.1 log_parameter_max_length=0 password_encryption=scram-sha-256 ' +
        'server_encoding=UTF8 shared_preload_libraries=pglogical track_commit_timestamp=on ' +
        'wal_level=logical',
    );
    expect(
      await psql(
        cluster,
        `select pg_read_file(current_setting('billing.pgcrypto_key_file')) <> ''`,
      ),
    ).toBe('t');
  });

  test('nobody gets in without a password, or with another', async () => {
    expect((await runPsql(cluster, 'select 1', { password: '' })).output).toMatch(
      /no password supplied/,
    );
    expect((await runPsql(cluster, 'select 1', { password: 'guessed' })).output).toMatch(
      /password authentication failed/,
    );
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

  test('another pgcrypto key is what the servers then read', async () => {
    const read = `select pg_read_file(current_setting('billing.pgcrypto_key_file'))`;
    const before = await psql(cluster, read);
    await cluster.replacePgcryptoKey('of my own');
    expect(await psql(cluster, read)).toBe('of my own');
    await cluster.replacePgcryptoKey(before);
  });

  test('Kafka answers and has the topics of the topology; making them again changes nothing', async () => {
    const { kafka } = cluster.ports(1);
    expect(await isBrokerAnswering('127.0.0.1', kafka)).toBe(true);
    await createTopics('127.0.0.1', kafka, cluster.topology.topics);
    const { output } = await cluster.runKafkaProgram(1, {
      args: [
        'org.apache.kafka.tools.TopicCommand',
        ...['--bootstrap-server', cluster.kafkaBroker(1), '--describe'],
      ],
      timeoutMs: 30_000,
    });
    const made = [...output.matchAll(/^Topic: (\S+)\s.*PartitionCount: (\d+)/gm)];
    expect(Object.fromEntries(made.map(([, name, count]) => [name, count]))).toMatchObject({
      'billing.payin': '12',
      'billing.payin.dlq': '3',
    });
  }, 30_000);

  test('a topic that the broker refuses is named with its reason', async () => {
    const topics = [{ name: 'bad name', partitions: 1 }];
    await expect(createTopics('127.0.0.1', cluster.ports(1).kafka, topics)).rejects.toThrow(
      /topic bad name was not made: .* invalid topic/,
    );
  });

  test('kill -9 of both keeps what was committed, and both come back', async () => {
    await psql(cluster, 'create table kept as select 42 as answer');
    await cluster.killMember('postgres', 1);
    await cluster.killMember('kafka', 1);
    expect(await arePortsFree(cluster)).toBe(true);
    expect(cluster.status().map(({ state, pid }) => [state, pid])).toEqual([
      ['stopped', undefined],
      ['stopped', undefined],
    ]);
    await Promise.all([cluster.startMember('postgres', 1), cluster.startMember('kafka', 1)]);
    expect(await psql(cluster, 'select answer from kept')).toBe('42');
    expect(await isBrokerAnswering('127.0.0.1', cluster.ports(1).kafka)).toBe(true);
  }, 60_000);

  test('a paused PostgreSQL does not answer, and goes on when resumed, however often either is said', async () => {
    await cluster.pauseMember('postgres', 1);
    await cluster.pauseMember('postgres', 1);
    try {
      const { code } = await runPsql(cluster, 'select 1', { timeoutMs: 500 });
      expect(code).not.toBe(0);
    } finally {
      await cluster.resumeMember('postgres', 1);
      await cluster.resumeMember('postgres', 1);
    }
    expect(await psql(cluster, 'select 1')).toBe('1');
  });

  test('another cluster object for the same home finds the same ports and passwords', async () => {
    const second = await Cluster.create({ home: cluster.home, nodeCount: 1, members: [] });
    expect(second.ports(1)).toEqual(cluster.ports(1));
    expect(second.connectionString(1)).toBe(cluster.connectionString(1));
  });

  test('what a killed supervisor left is ended by the next one', async () => {
    const lines: string[] = [];
    const next = await Cluster.create({
      home: cluster.home,
      nodeCount: 1,
      members: ['postgres', 'kafka'],
      log: (line) => lines.push(line),
    });
    await next.stopLeftovers();
    expect(lines.sort()).toEqual([
      expect.stringMatching(
        /^dc1\/kafka: stopping (process|container) \S+, left by an earlier run$/,
      ),
      expect.stringMatching(/^dc1\/postgres: stopping (process|container) /),
    ]);
    expect(await arePortsFree(cluster)).toBe(true);
    await Promise.all([cluster.startMember('postgres', 1), cluster.startMember('kafka', 1)]);
  }, 60_000);

  test('stops within 10 s, leaves no process, and finds its data and ports again', async () => {
    const ports = cluster.ports(1);
    const startedMs = Date.now();
    await cluster.stop();
    expect(Date.now() - startedMs).toBeLessThan(stopLimitMs);
    expect(await arePortsFree(cluster)).toBe(true);
    await cluster.start();
    expect(cluster.ports(1)).toEqual(ports);
    expect(await psql(cluster, 'select answer from kept')).toBe('42');
  }, 60_000);

  test('a temporary home is removed with its cluster', async () => {
    await cluster.destroy();
    expect(await arePortsFree(cluster)).toBe(true);
    expect(existsSync(cluster.home)).toBe(false);
  }, 30_000);
});
