import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Cluster, MemberKind, NodePorts, TlsFiles } from '@billing/cluster';
import { Ledger } from './ledger.js';

const handshakeTimeoutMs = 10_000;
const shownMax = 10;

const listeners: Readonly<Record<MemberKind, readonly (keyof NodePorts)[]>> = {
  // Tells its TLS by its connections.
  postgres: [],
  kafka: ['kafka', 'kafkaController'],
  gateway: ['gateway', 'gatewayManagement'],
  coordinator: ['coordinatorGrpc', 'coordinatorManagement'],
  'ledger-worker': ['ledgerWorkerManagement'],
};

interface Finding {
  /** Of what was looked at and is encrypted. */
  readonly encrypted: number;
  readonly breaches: readonly string[];
}

/**
 * Looks at every connection that PostgreSQL ever let in (its log), at those open now (pg_stat_ssl), and at every
 * listener of brokers and apps. @throws Error naming what is in plain text
 */
export async function assertEncrypted(cluster: Cluster): Promise<void> {
  const [logged, open, brokers, ports] = await Promise.all([
    collect(cluster, 'postgres', async (nodeId) => loggedConnections(cluster, nodeId)),
    collectRunning(cluster, 'postgres', (nodeId) => openConnections(cluster, nodeId)),
    collect(cluster, 'kafka', async (nodeId) => brokerListeners(cluster, nodeId)),
    answeringPorts(cluster),
  ]);
  const breaches = [logged, open, brokers, ports].flatMap((finding) => finding.breaches);
  if (breaches.length > 0) {
    const shown = breaches.slice(0, shownMax).join('\n  ');
    throw new Error(`${breaches.length} times in plain text:\n  ${shown}`);
  }
  process.stderr.write(
    `TLS: ${logged.encrypted} connections to PostgreSQL, ${open.encrypted} of them open; ` +
      `${brokers.encrypted} listeners of brokers SASL_SSL; ${ports.encrypted} ports answer over TLS; none in plain text\n`,
  );
}

function loggedConnections(cluster: Cluster, nodeId: number): Finding {
  const file = cluster.memberLogFile('postgres', nodeId);
  // The engine bounds the log: what was in it before is beside it.
  const text = [`${file}.1`, file].map((one) => (existsSync(one) ? readFileSync(one, 'utf8') : ''));
  const lines = text.join('').match(/LOG: {2}(replication )?connection authorized: .*/g) ?? [];
  const plain = lines.filter((line) => !line.includes(' SSL enabled ('));
  const found = new Set(plain);
  // Where a server ran somebody came, if only to make the database.
  if (lines.length === 0 && existsSync(file)) found.add('its log names no connection');
  return {
    encrypted: lines.length - plain.length,
    breaches: [...found].map((line) => `PostgreSQL of node ${nodeId}: ${line}`),
  };
}

async function openConnections(cluster: Cluster, nodeId: number): Promise<Finding> {
  const ledger = new Ledger(cluster, nodeId);
  try {
    const rows = await ledger.rows<{ ssl: boolean; usename: string; application_name: string }>(
      `/* encrypted */ select ssl, usename, application_name
         from pg_stat_ssl join pg_stat_activity using (pid) where client_addr is not null`,
    );
    const plain = rows.filter(({ ssl }) => !ssl);
    return {
      encrypted: rows.length - plain.length,
      breaches: plain.map(
        ({ usename, application_name: application }) =>
          `PostgreSQL of node ${nodeId}: pg_stat_ssl shows ${usename} (${application})`,
      ),
    };
  } finally {
    await ledger.close();
  }
}

function brokerListeners(cluster: Cluster, nodeId: number): Finding {
  const file = join(cluster.layout.nodeFolder(nodeId), 'kafka', 'server.properties');
  // Never started.
  if (!existsSync(file)) return { encrypted: 0, breaches: [] };
  const text = readFileSync(file, 'utf8');
  const settingOf = (name: string): string[] =>
    (text.split('\n').find((line) => line.startsWith(`${name}=`)) ?? '=').split('=')[1]!.split(',');
  const protocols = new Map(
    settingOf('listener.security.protocol.map').map((pair) => pair.split(':') as [string, string]),
  );
  const names = settingOf('listeners').map((listener) => listener.split(':')[0]!);
  const plain = names.filter((name) => protocols.get(name) !== 'SASL_SSL');
  return {
    encrypted: names.length - plain.length,
    breaches: plain.map(
      (name) => `broker of node ${nodeId}: listener ${name} is ${protocols.get(name)}`,
    ),
  };
}

/** What runs now, asked for a handshake. */
async function answeringPorts(cluster: Cluster): Promise<Finding> {
  const asked = cluster
    .status()
    .filter(({ state }) => state === 'running')
    .flatMap(({ kind, nodeId, name }) =>
      listeners[kind].map((port) => [name, cluster.ports(nodeId)[port]] as const),
    );
  const answers = await Promise.all(
    asked.map(async ([name, port]) => {
      const fault = await handshakeFault(cluster.topology.host, port, cluster.tls!);
      return fault === undefined ? [] : [`${name}, port ${port}: no TLS: ${fault}`];
    }),
  );
  const breaches = answers.flat();
  return { encrypted: asked.length - breaches.length, breaches };
}

function handshakeFault(
  host: string,
  port: number,
  { caFile, certFile, keyFile }: TlsFiles,
): Promise<string | undefined> {
  const [ca, cert, key] = [caFile, certFile, keyFile].map((file) => readFileSync(file));
  return new Promise((resolve) => {
    const socket = connect({ host, port, ca: ca!, cert: cert!, key: key! });
    socket.setTimeout(handshakeTimeoutMs, () => socket.destroy(new Error('no answer')));
    socket.once('error', (error) => resolve(error.message));
    socket.once('secureConnect', () => {
      resolve(undefined);
      socket.destroy();
    });
  });
}

function collectRunning(
  cluster: Cluster,
  kind: MemberKind,
  look: (nodeId: number) => Promise<Finding>,
): Promise<Finding> {
  const isRunning = (nodeId: number): boolean =>
    cluster.memberStatus(kind, nodeId).state === 'running';
  return collect(cluster, kind, async (nodeId) =>
    isRunning(nodeId) ? look(nodeId) : { encrypted: 0, breaches: [] },
  );
}

async function collect(
  cluster: Cluster,
  kind: MemberKind,
  look: (nodeId: number) => Promise<Finding>,
): Promise<Finding> {
  const nodeIds = cluster.status().flatMap((one) => (one.kind === kind ? [one.nodeId] : []));
  const found = await Promise.all(nodeIds.map(look));
  return {
    encrypted: found.reduce((sum, { encrypted }) => sum + encrypted, 0),
    breaches: found.flatMap(({ breaches }) => breaches),
  };
}
