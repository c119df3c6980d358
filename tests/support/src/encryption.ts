import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import type { Cluster, MemberKind, NodePorts, TlsFiles } from '@billing/cluster';
import { eventually } from './eventually.js';
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
  const [open, brokers, ports] = await Promise.all([
    collectRunning(cluster, 'postgres', (nodeId) => openConnections(cluster, nodeId)),
    collect(cluster, 'kafka', (nodeId) => brokerListeners(cluster, nodeId)),
    answeringPorts(cluster),
  ]);
  // After that, which has waited for the logs.
  const logged = await collect(cluster, 'postgres', async (nodeId) =>
    loggedConnections(cluster, nodeId),
  );
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
  const lines = connectionsOverNetwork(logOf(cluster, nodeId));
  const plain = lines.filter((line) => !line.includes(' SSL enabled ('));
  const found = new Set(plain);
  // Where a server ran somebody came, if only to make the database.
  if (lines.length === 0 && existsSync(cluster.memberLogFile('postgres', nodeId))) {
    found.add('its log names no connection');
  }
  return {
    encrypted: lines.length - plain.length,
    breaches: [...found].map((line) => `PostgreSQL of node ${nodeId}: ${line}`),
  };
}

function logOf(cluster: Cluster, nodeId: number): string {
  const file = cluster.memberLogFile('postgres', nodeId);
  // The engine bounds the log: what was in it before is beside it.
  const text = [`${file}.1`, file].map((one) => (existsSync(one) ? readFileSync(one, 'utf8') : ''));
  return text.join('');
}

/** Those authorized, but for the ones by the server's own socket: so a container's image makes the database. */
export function connectionsOverNetwork(log: string): string[] {
  const event =
    /\[(\d+)\] .*LOG: {2}(?:connection received: host=(\S+)|((?:replication )?connection authorized: .*))/g;
  const bySocket = new Set<string>();
  const found: string[] = [];
  for (const [, pid, host, authorized] of log.matchAll(event)) {
    if (host === '[local]') bySocket.add(pid!);
    else if (host !== undefined) bySocket.delete(pid!);
    else if (!bySocket.has(pid!)) found.push(authorized!);
  }
  return found;
}

async function openConnections(cluster: Cluster, nodeId: number): Promise<Finding> {
  const ledger = new Ledger(cluster, nodeId);
  try {
    const rows = await ledger.rows<{ ssl: boolean; usename: string; application_name: string }>(
      `/* encrypted */ select ssl, usename, application_name
         from pg_stat_ssl join pg_stat_activity using (pid) where client_addr is not null`,
    );
    // The log of a container comes by way of Docker: it is whole up to this.
    const mark = `looked at connections: ${randomUUID()}`;
    await ledger.value(`do $$ begin raise log '${mark}'; end $$`);
    const isMarked = async (): Promise<boolean> => logOf(cluster, nodeId).includes(mark);
    await eventually(isMarked, Boolean);
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

async function brokerListeners(cluster: Cluster, nodeId: number): Promise<Finding> {
  const settingOf = async (name: string): Promise<string[] | undefined> =>
    (await cluster.brokerSetting(nodeId, name))?.split(',');
  const listening = await settingOf('listeners');
  // Never started.
  if (listening === undefined) return { encrypted: 0, breaches: [] };
  const pairs = (await settingOf('listener.security.protocol.map')) ?? [];
  const protocols = new Map(pairs.map((pair) => pair.split(':') as [string, string]));
  const names = listening.map((listener) => listener.split(':')[0]!);
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
      const failure = await handshakeFailure(cluster.topology.host, port, cluster.tls!);
      return failure === undefined ? [] : [`${name}, port ${port}: no TLS: ${failure}`];
    }),
  );
  const breaches = answers.flat();
  return { encrypted: asked.length - breaches.length, breaches };
}

function handshakeFailure(
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
