import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { runSelfCheck, type Cluster } from '@billing/cluster';
import { assertEncrypted, createEncrypted, eventually, Ledger } from '@billing/testing';
import { runBilling } from './billing-program.js';

// What `npm start -- --tls` runs, and the programs that find it by its home.
const demo = join(import.meta.dirname, '../../../tools/demo/bin/demo.mjs');
let cluster: Cluster;

beforeAll(async () => {
  cluster = await createEncrypted({ nodeCount: 2, postgres: { fsync: false } });
  await cluster.start();
}, 120_000);

afterAll(async () => {
  await cluster?.destroy();
}, 60_000);

test('proves itself over TLS, and answers nothing in plain text', async () => {
  const said: string[] = [];
  await runSelfCheck(cluster, (line) => said.push(line));
  expect(said.join()).toContain('seen from all others');
  const plain = cluster.gatewayUrl(1).replace('https:', 'http:');
  await expect(fetch(`${plain}/health/live`)).rejects.toThrow('fetch failed');
}, 60_000);

test('its apps, and its nodes, reach PostgreSQL over TLS alone', async () => {
  const ledger = new Ledger(cluster, 1);
  const encrypted = `select string_agg(distinct usename, ' ' order by usename) as logins
      from pg_stat_ssl join pg_stat_activity using (pid) where usename ~ '^billing_' and ssl = $1`;
  expect(await ledger.value<string | null>(encrypted, [false])).toBeNull();
  expect(await ledger.value<string>(encrypted, [true])).toBe(
    'billing_coordinator billing_gateway billing_ledger_worker billing_peer_2 billing_replicator_2',
  );
  const links = `select bool_and(provider_dsn like '%sslmode=verify-full%' and get_decrypted_dsn(2) like '%sslmode=verify-full%')
      from pglogical.show_subscription_status()`;
  expect(await ledger.value<boolean>(links)).toBe(true);
  const copier = `select if_dsn like '%sslmode=verify-full%' from pglogical.node_interface where if_dsn like '%billing_copier%'`;
  expect(await ledger.value<boolean>(copier)).toBe(true);
  await ledger.close();
  const { host } = new URL(cluster.connectionString(1));
  const plain = new Client({ connectionString: `postgres://admin:x@${host}/billing`, ssl: false });
  await expect(plain.connect()).rejects.toThrow(/no pg_hba.conf entry .* no encryption/);
});

test('its brokers speak TLS alone, at both listeners', async () => {
  const { kafka, kafkaController } = cluster.ports(1);
  const { host } = cluster.topology;
  const ca = readFileSync(cluster.tls!.caFile);
  for (const port of [kafka, kafkaController]) {
    const socket = connectTls({ host, port, ca });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
    // A request in plain text: the length of a record, and an API that every version knows.
    const plain = connectTcp({ host, port });
    await once(plain, 'connect');
    plain.write(Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]));
    const [answer] = (await Promise.race([once(plain, 'data'), once(plain, 'close')])) as [unknown];
    // Kafka ends it, or says what TLS says to what is none: an alert, 21.
    if (Buffer.isBuffer(answer)) expect(answer[0]).toBe(21);
    plain.destroy();
  }
});

test('its key says that it is for development, and nobody has that of the CA', () => {
  const { keyFile, caFile } = cluster.tls!;
  expect(readFileSync(keyFile, 'utf8')).toContain('never-for-production');
  expect(existsSync(caFile.replace('.pem', '.key'))).toBe(false);
});

test('npx billing and the demo find it', async () => {
  const account = `accounts delete 1 --yes`;
  // No such account: the gateway has been asked.
  expect(await runBilling(cluster, account.split(' '))).toMatchObject({ exitCode: 1 });
  expect(await runBilling(cluster, ['verify'])).toMatchObject({ exitCode: 0 });
  const args = [demo, '--home', cluster.home, '--limit', '300'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toContain('equal');
}, 120_000);

// What counts encrypted connections in a run over TLS (CONTRIBUTING.md) is shown what is none.
describe('what is planted in plain text is found:', () => {
  test('nothing, where nothing is', () => expect(assertEncrypted(cluster)).resolves.not.toThrow());

  test('a listener of a broker', async () => {
    const brokerSetting = async (nodeId: number, name: string): Promise<string | undefined> => {
      const told = await cluster.brokerSetting(nodeId, name);
      return nodeId === 2 ? told?.replace('CLIENTS:SASL_SSL', 'CLIENTS:SASL_PLAINTEXT') : told;
    };
    const breached = Object.create(cluster, { brokerSetting: { value: brokerSetting } }) as Cluster;
    await expect(assertEncrypted(breached)).rejects.toThrow(
      'broker of node 2: listener CLIENTS is SASL_PLAINTEXT',
    );
  });

  test('a port of an app', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await once(plain.listen(0, '127.0.0.1'), 'listening');
    const { port } = plain.address() as AddressInfo;
    const ports = (nodeId: number) => ({ ...cluster.ports(nodeId), gatewayManagement: port });
    const breached = Object.create(cluster, { ports: { value: ports } }) as Cluster;
    await expect(assertEncrypted(breached)).rejects.toThrow(`dc1/gateway, port ${port}: no TLS: `);
    plain.close();
  });

  test('a connection to PostgreSQL, while it lasts and when it has gone; and destroy() says so', async () => {
    const ledger = new Ledger(cluster, 1);
    const rules = await ledger.value<string>('show hba_file');
    await ledger.value(
      `copy (select unnest(array['local all all trust', 'host all all all scram-sha-256'])) to '${rules}'`,
    );
    await ledger.value('select pg_reload_conf()');
    await ledger.close();
    const [plainUrl] = cluster.connectionString(1).split('?');
    const open = async (): Promise<Client> => {
      const client = new Client({ connectionString: plainUrl, ssl: false });
      await client.connect();
      return client;
    };
    const plain = await eventually(open, () => true);
    await expect(assertEncrypted(cluster)).rejects.toThrow(
      /connection authorized: user=admin[^]*pg_stat_ssl shows admin/,
    );
    await plain.end();
    await expect(cluster.destroy()).rejects.toThrow('connection authorized: user=admin');
    expect(existsSync(cluster.home)).toBe(false);
  }, 60_000);
});
