import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { Cluster } from '@billing/cluster';
import { Database } from '@billing/database';
import { eventually, Ledger, makeCertificates, startCluster, untilClean } from '@billing/testing';
import { RotatingApps, type Secrets } from './rotating-apps.js';
import { RotatingBroker } from './rotating-broker.js';
import { RotatingIssuer } from './rotating-issuer.js';
import { SteadyLoad } from './steady-load.js';

// Every secret and certificate is changed, as docs/connections.md says, while clients of two gateways pay in and out and
// all connections are ended again and again. Nothing fails.
const postgresRoles = ['billing_gateway', 'billing_ledger_worker', 'billing_coordinator'];
const nodeRoles = [1, 2].flatMap((id) => [`billing_peer_${id}`, `billing_replicator_${id}`]);
const kafkaUsers = ['kafka_gateway', 'kafka_ledger_worker'];
const END_IDLE_MS = 200;
const STEP_MS = 240_000;

let cluster: Cluster;
let ledgers: Ledger[];
let broker: RotatingBroker;
let issuer: RotatingIssuer;
let apps: RotatingApps;
let load: SteadyLoad;
let folder: string;
let accountIds: bigint[];
let before: Map<bigint, bigint>;
let ended: Promise<unknown>[] = [];
let ending: NodeJS.Timeout;
/** Behind the name of every login; empty before the twins have taken over. */
let suffix = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'billing-rotation-'));
  cluster = await startCluster({
    nodeCount: 2,
    members: ['postgres', 'kafka'],
    pipeline: true,
    tls: true,
    kafkaUsers: true,
    postgres: { fsync: false },
  });
  openLedgers();
  broker = new RotatingBroker(cluster, 1);
  issuer = await RotatingIssuer.start();
  accountIds = await ledgers[0]!.openAccounts(12);
  await eventually(
    () => ledgers[1]!.value<bigint>('select count(*) from billing.accounts'),
    (count) => count >= BigInt(accountIds.length),
  );
  for (const id of accountIds) {
    // Most of it is elsewhere: pay-outs drain.
    await ledgers[0]!.value('select deposit_balance($1, 2, 1)', [id]);
    await ledgers[1]!.value('select deposit_balance($1, 5000, 2)', [id]);
  }
  before = await totals();
  apps = await RotatingApps.prepare(cluster);
  await apps.start(secrets);
  load = new SteadyLoad({
    accountIds,
    gatewayUrls: apps.gatewayUrls,
    caFile: cluster.tls!.caFile,
    signToken: () => issuer.signToken(),
  });
  load.start();
  ending = setInterval(() => void endIdleConnections(), END_IDLE_MS);
}, STEP_MS);

afterAll(async () => {
  clearInterval(ending);
  await Promise.all(ended);
  await load?.stop();
  await apps?.stop();
  await issuer?.stop();
  await Promise.all((ledgers ?? []).map((ledger) => ledger.close()));
  await cluster?.destroy();
  rmSync(folder, { recursive: true, force: true });
}, STEP_MS);

const openLedgers = (): void => {
  ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
};

async function openLedgersAnew(): Promise<void> {
  const last = ledgers;
  openLedgers();
  await Promise.all(last.map((ledger) => ledger.close()));
}

const passwordFile = (name: string): string => cluster.secrets.passwordFile(name);

const secrets: Secrets = (kind, nodeId) => {
  const { DATABASE_URL: url, KAFKA_SASL_USERNAME: user } = cluster.appEnvironment(kind, nodeId);
  const role = new URL(url!).username + suffix;
  return {
    JWT_JWKS_URL: issuer.url,
    DATABASE_URL: cluster.databaseUrl(nodeId, role),
    DATABASE_PASSWORD_FILE: passwordFile(role),
    ...(user !== undefined && {
      KAFKA_SASL_USERNAME: user + suffix,
      KAFKA_SASL_PASSWORD_FILE: passwordFile(user + suffix),
    }),
  };
};

/** One at each node: nobody keeps for long what was made with what was valid once. */
async function endIdleConnections(): Promise<void> {
  const ends = ledgers.map((ledger) =>
    ledger
      .value(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where usename ~ '^billing_' and backend_type = 'client backend' and state = 'idle' order by random() limit 1`,
      )
      .catch(() => undefined),
  );
  ended = [...ended.slice(-4), ...ends];
  await Promise.all(ends);
}

async function totals(): Promise<Map<bigint, bigint>> {
  const parts = await Promise.all(ledgers.map((ledger) => ledger.localBalances(accountIds)));
  return new Map(
    accountIds.map((id) => [id, parts.reduce((sum, part) => sum + (part.get(id) ?? 0n), 0n)]),
  );
}

/** What goes on meanwhile goes on behind it as well, and nothing of it failed. */
async function duringLoad(act: () => Promise<unknown>): Promise<void> {
  await act();
  await untilMoreDone();
  expect(load.failures).toEqual([]);
}

async function untilMoreDone(): Promise<void> {
  const before = load.done;
  await eventually(
    () => Promise.resolve(load.done),
    (now) => now > before + 20,
  );
}

async function restartApps(): Promise<void> {
  expect(await apps.restart(secrets)).toEqual([]);
}

const step = (name: string, act: () => Promise<void>): void =>
  test(name, () => duringLoad(act), STEP_MS);

const refused = async (nodeId: number, role: string, password: string): Promise<string> => {
  const url = cluster.databaseUrl(nodeId, role);
  const database = new Database({ url, password, poolMax: 1, applicationName: 'spec' });
  try {
    await database.query('ask', 'select 1');
    return 'let in';
  } catch (error) {
    return String(error);
  } finally {
    await database.close();
  }
};

/** What a server shows, in PEM. */
async function certificateAt(port: number): Promise<string> {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const shown = socket.getPeerX509Certificate()!.toString();
  socket.destroy();
  return shown;
}

step(
  'the logins of apps and nodes at PostgreSQL, and of apps at Kafka, by their twins',
  async () => {
    for (const role of [...postgresRoles, ...nodeRoles]) {
      writeFileSync(passwordFile(`${role}_twin`), randomBytes(18).toString('base64url'));
    }
    await cluster.runPipeline();
    for (const user of kafkaUsers) await broker.addTwin(user, `${user}_twin`);
    suffix = '_twin';
    await restartApps();
    const old = new Map(postgresRoles.map((role) => [role, cluster.secrets.password(role)]));
    for (const role of [...postgresRoles, ...nodeRoles]) {
      renameSync(passwordFile(role), `${passwordFile(role)}.old`);
    }
    await cluster.runPipeline();
    for (const user of kafkaUsers) await broker.removeUser(user);
    for (const [role, password] of old) {
      expect(await refused(1, role, password)).toMatch(/authentication failed/);
    }
    const copiers = `select string_agg(distinct usename, ' ') from pg_stat_activity where backend_type = 'walsender'`;
    await eventually(
      () => ledgers[0]!.value<string>(copiers),
      (names) => names === 'billing_replicator_2_twin',
    );
  },
);

step('the key that DSNs are encrypted with', async () => {
  const { pgcryptoKeyFile } = cluster.layout;
  const { uid, gid } = statSync(pgcryptoKeyFile);
  const previous = `${pgcryptoKeyFile}.previous`;
  copyFileSync(pgcryptoKeyFile, previous);
  chownSync(previous, uid, gid);
  await cluster.replacePgcryptoKey('another key');
  await cluster.runPipeline();
  rmSync(previous);
});

step("the superuser's password", async () => {
  const [old, next] = [cluster.secrets.password('admin'), randomBytes(18).toString('base64url')];
  for (const ledger of ledgers) await ledger.force(`alter role admin password '${next}'`);
  writeFileSync(passwordFile('admin'), next);
  await openLedgersAnew();
  await cluster.runPipeline();
  expect(await refused(1, 'admin', old)).toMatch(/authentication failed/);
});

step('the key that tokens are signed with', async () => {
  issuer.rotate('second');
  await untilMoreDone();
  issuer.forget();
});

step('all certificates, and the CA that they are of', async () => {
  const { caFile, certFile, keyFile } = cluster.tls!;
  const own = makeCertificates(folder, 'cluster');
  const next = { ...own, ca: readFileSync(own.caFile, 'utf8') };
  const owner = statSync(keyFile);
  // Both are believed, by everybody, before one shows what is of the new one.
  appendFileSync(caFile, next.ca);
  await openLedgersAnew();
  await restartApps();
  await broker.readStores();
  for (const [from, to] of [
    [next.keyFile, keyFile],
    [next.certFile, certFile],
  ] as const) {
    copyFileSync(from, `${to}.new`);
    chownSync(`${to}.new`, owner.uid, owner.gid);
    renameSync(`${to}.new`, to);
  }
  for (const ledger of ledgers) await ledger.value('select pg_reload_conf()');
  await broker.readStores();
  await eventually(
    () => certificateAt(cluster.ports(1).kafka),
    (shown) => shown === readFileSync(certFile, 'utf8'),
  );
  await restartApps();
  writeFileSync(caFile, next.ca);
  await restartApps();
  for (const url of apps.gatewayUrls) {
    expect(await certificateAt(Number(new URL(url).port))).toBe(readFileSync(own.certFile, 'utf8'));
  }
});

test(
  'what was paid in and out while all of it changed is there, to the cent',
  async () => {
    clearInterval(ending);
    await load.stop();
    process.stdout.write(
      `${load.done} operations; sent again: ${JSON.stringify(Object.fromEntries(load.again))}\n`,
    );
    expect(load.failures).toEqual([]);
    const wanted = new Map(accountIds.map((id) => [id, before.get(id)! + load.change(id)]));
    await eventually(totals, (now) => accountIds.every((id) => now.get(id) === wanted.get(id)));
    await untilClean(ledgers);
  },
  STEP_MS,
);
