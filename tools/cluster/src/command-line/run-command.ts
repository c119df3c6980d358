import type { Server } from 'node:net';
import { serveControl } from './control.js';
import { carryOut } from './control-verbs.js';
import { linkTokenIntoClone } from '../home.js';
import { Cluster } from '../cluster.js';
import { defaultRestartPolicy, memberKinds, type MemberKind } from '../member.js';
import { securityProtocol } from '../kafka-users.js';
import { runSelfCheck } from './self-check.js';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface RunInput {
  readonly home: string;
  readonly members: readonly MemberKind[];
  readonly tls: boolean;
  readonly print: (line: string) => void;
}

/** `npm start`: brings everything up, says `ready`, and stays until it is told to stop. */
export async function runCluster({ home, members, tls, print }: RunInput): Promise<number> {
  const cluster = await Cluster.create({
    engine: 'native',
    home,
    ports: 'default',
    members,
    tls,
    pipeline: members.includes('postgres'),
    sampleData: true,
    kafkaUsers: true,
    restart: defaultRestartPolicy,
    nodeEnvironment: 'development',
    log: print,
  });
  linkTokenIntoClone(home);
  const stopWanted = listenForStop();
  let control: Server | undefined;
  const bringUp = async (): Promise<void> => {
    cluster.lock();
    control = await serveControl(home, (request) => carryOut(cluster, request));
    await cluster.start();
    if (members.includes('kafka')) tellKafkaUser(cluster, print);
    await proveIt(cluster, print);
  };
  try {
    // A signal during the start ends the start; what that then says about it is no news.
    const up = bringUp();
    up.catch(() => undefined);
    const interrupted = await Promise.race([stopWanted.asked, up]);
    if (interrupted === undefined) {
      // Since this process began: with all that the bootstrap did in it before us.
      print(`ready (${process.uptime().toFixed(1)} s)`);
    }
    print(`${interrupted ?? (await stopWanted.asked)}: stopping everything`);
    const stoppingMs = performance.now();
    await cluster.stop();
    print(`stopped in ${((performance.now() - stoppingMs) / 1000).toFixed(1)} s`);
    return 0;
  } finally {
    await cluster.stop();
    control?.close();
    stopWanted.release();
  }
}

async function proveIt(cluster: Cluster, print: (line: string) => void): Promise<void> {
  const kinds = new Set(cluster.status().map(({ kind }) => kind));
  if (kinds.size < memberKinds.length) return;
  await runSelfCheck(cluster, print);
  for (const { name, nodeId } of cluster.datacenters)
    print(`${name}: ${cluster.gatewayUrl(nodeId)}`);
  print(`console: ${cluster.gatewayUrl(1)}/console (its token: npx billing token)`);
  print('try:');
  const believed = cluster.tls ? `--cacert ${cluster.tls.caFile} ` : '';
  print(
    `  curl ${believed}-H "Authorization: Bearer $(cat ${cluster.layout.tokenFile})" "${cluster.gatewayUrl(1)}/v1/accounts?username=self-check"`,
  );
  print('Ctrl-C stops everything; from another terminal: npm run cluster -- status');
}

/** What an upstream service needs; the other users are the apps' and the cluster's own. */
function tellKafkaUser(cluster: Cluster, print: (line: string) => void): void {
  const { topology, secrets } = cluster;
  const { upstream } = topology.kafkaUsers;
  const brokers = cluster.nodeIds.map((nodeId) => cluster.kafkaBroker(nodeId));
  const protocol = securityProtocol(cluster);
  print(
    `Kafka: ${brokers.join(', ')}; pay-ins are produced as ${upstream} (${protocol}, SCRAM-SHA-512), its password in ${secrets.passwordFile(upstream)}`,
  );
}

interface StopWanted {
  readonly asked: Promise<string>;
  release(): void;
}

function listenForStop(): StopWanted {
  let ask: (reason: string) => void = () => undefined;
  const asked = new Promise<string>((resolve) => (ask = resolve));
  // A second Ctrl-C finds the stop under way; every wait in it is bounded.
  for (const signal of stopSignals) process.on(signal, ask);
  const parentWatch = watchParent(() => ask('npm ended'));
  // The terminal may be gone: what can no longer be printed must not end the stop half-way.
  const ignore = (): void => undefined;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore);
  return {
    asked,
    release: () => {
      clearInterval(parentWatch);
      for (const signal of stopSignals) process.off(signal, ask);
    },
  };
}

const parentCheckMs = 1_000;

/** npm that is killed cannot pass a signal on; then nobody would be left to stop us. */
function watchParent(onGone: () => void): NodeJS.Timeout | undefined {
  if (process.env['npm_lifecycle_event'] === undefined) return undefined;
  const parentPid = process.ppid;
  const check = (): void => {
    if (process.ppid !== parentPid) onGone();
  };
  return setInterval(check, parentCheckMs).unref();
}
