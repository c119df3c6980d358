import { chownSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '@billing/cluster';
import { Database, DatabaseError } from '@billing/database';
import { type Certificates, eventually, makeCertificates, startCluster } from '@billing/testing';

// A server with a certificate, as DATABASE_URL asks for it (docs/connections.md).
let folder: string;
let own: Certificates;
let other: Certificates;
let cluster: Cluster;
const databases: Database[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'billing-certificates-'));
  [own, other] = [makeCertificates(folder, 'own'), makeCertificates(folder, 'other')];
  cluster = await startCluster({ nodeCount: 1, members: ['postgres'], postgres: { fsync: false } });
  const data = join(cluster.layout.nodeFolder(1), 'postgres', 'data');
  const { uid, gid } = statSync(data);
  const files = [
    [own.certFile, 'server.crt'],
    [own.keyFile, 'server.key'],
  ] as const;
  for (const [from, to] of files) {
    copyFileSync(from, join(data, to));
    chownSync(join(data, to), uid, gid);
  }
  const plain = connect('');
  await plain.query('set', 'alter system set ssl = on');
  await plain.query('reload', 'select pg_reload_conf()');
}, 60_000);

afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await cluster?.destroy();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

function connect(query: string): Database {
  const { superuser, database: name } = cluster.topology;
  const database = new Database({
    url: cluster.databaseUrl(1, superuser).replace(name, 'postgres') + query,
    passwordFile: cluster.secrets.passwordFile(superuser),
    poolMax: 1,
    applicationName: 'spec',
  });
  databases.push(database);
  return database;
}

const askEncrypted = (database: Database): Promise<unknown> =>
  database.query('ask', 'select ssl from pg_stat_ssl where pid = pg_backend_pid()');

const untilAnswered = (database: Database): Promise<unknown> =>
  eventually(
    () => askEncrypted(database),
    () => true,
  );

test('is reached over TLS when its CA is named, in plain text when none is', async () => {
  expect(await untilAnswered(connect(''))).toEqual([{ ssl: false }]);
  const encrypted = connect(`?sslmode=verify-full&sslrootcert=${own.caFile}`);
  expect(await untilAnswered(encrypted)).toEqual([{ ssl: true }]);
});

test('is away for a client that believes another CA', async () => {
  const database = connect(`?sslmode=verify-full&sslrootcert=${other.caFile}`);
  const error = await askEncrypted(database).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(DatabaseError);
  expect(error).toMatchObject({ kind: 'away', effect: 'none', retryable: true });
});
