import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError } from './cluster-error.js';
import { ClusterLayout } from './cluster-layout.js';
import { chooseHome, isHome, runningSupervisor } from './home.js';
import type { KafkaLogin } from './kafka-users.js';
import { datacenterName, loadTopology, type NodePorts, type Topology } from './topology.js';

/** One datacenter of a running cluster, and where its members are reached. */
export interface RunningDatacenter {
  readonly name: string;
  readonly nodeId: number;
  /** Each host:port. */
  readonly postgres: string;
  readonly kafka: string;
  readonly gateway: string;
  /** gRPC. */
  readonly coordinator: string;
}

/** How other tools reach a cluster. Also the content of the file that BILLING_CLUSTER_FILE names. */
interface ClusterDescription {
  readonly database: string;
  /** One `<name>.password` for each role and each user of Kafka. */
  readonly secretsFolder: string;
  /** The developer's bearer token. */
  readonly tokenFile: string;
  readonly datacenters: readonly RunningDatacenter[];
}

/** How other tools reach the datacenters of a cluster. Reads files and changes nothing. */
export class RunningCluster {
  private constructor(private readonly description: ClusterDescription) {}

  /**
   * The cluster that runs in the given home, else the one that BILLING_CLUSTER_FILE describes, else
   * the one in BILLING_HOME, else where `npm start` keeps it.
   * @throws ClusterError NOT_RUNNING, BAD_REQUEST for a file that cannot be read
   */
  static find(home?: string): RunningCluster {
    const file = clusterFile(home);
    if (file !== undefined) return new RunningCluster(readClusterFile(file));
    const chosen = chooseHome(home === undefined ? process.env : { BILLING_HOME: home }).home;
    if (runningSupervisor(chosen)) return new RunningCluster(describeHome(chosen));
    const elsewhere = 'or say where it runs: --home <folder> or BILLING_HOME';
    throw new ClusterError(
      'NOT_RUNNING',
      `no cluster is running in ${chosen}: npm start, ${elsewhere}`,
    );
  }

  get datacenters(): readonly RunningDatacenter[] {
    return this.description.datacenters;
  }

  /** `dc2` or `2`. @throws ClusterError BAD_REQUEST */
  datacenter(name: string): RunningDatacenter {
    const found = this.datacenters.find((dc) => dc.name === name || String(dc.nodeId) === name);
    if (found) return found;
    const known = this.datacenters.map((dc) => dc.name).join(', ');
    throw new ClusterError('BAD_REQUEST', `there is no datacenter "${name}", only ${known}`);
  }

  gatewayUrl({ gateway }: RunningDatacenter): string {
    return `http://${gateway}`;
  }

  /** Without a password, as DATABASE_URL wants it. */
  databaseUrl({ postgres }: RunningDatacenter, role: string): string {
    return `postgres://${role}@${postgres}/${this.description.database}`;
  }

  passwordFile(role: string): string {
    return join(this.description.secretsFolder, `${role}.password`);
  }

  /** As whom pay-ins are produced; undefined where brokers know no users. */
  get upstreamLogin(): KafkaLogin | undefined {
    const username = loadTopology().kafkaUsers.upstream;
    const file = this.passwordFile(username);
    if (!existsSync(file)) return undefined;
    return { mechanism: 'scram-sha-512', username, password: readFileSync(file, 'utf8').trim() };
  }

  get token(): string {
    return readFileSync(this.description.tokenFile, 'utf8').trim();
  }
}

/** The developer's token of a home, running or not. @throws ClusterError NOT_RUNNING */
export function readDeveloperToken(home?: string): string {
  const file = clusterFile(home);
  const chosen = chooseHome(home === undefined ? process.env : { BILLING_HOME: home }).home;
  const tokenFile = file
    ? readClusterFile(file).tokenFile
    : isHome(chosen) && new ClusterLayout(chosen).tokenFile;
  if (tokenFile && existsSync(tokenFile)) return readFileSync(tokenFile, 'utf8').trim();
  throw new ClusterError(
    'NOT_RUNNING',
    `there is no token in ${file ?? chosen}: npm start makes one`,
  );
}

function clusterFile(home: string | undefined): string | undefined {
  const named = process.env['BILLING_CLUSTER_FILE'];
  return home === undefined && named !== undefined && named !== '' ? named : undefined;
}

export function readClusterFile(file: string): ClusterDescription {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ClusterDescription;
  } catch (error) {
    throw new ClusterError(
      'BAD_REQUEST',
      `BILLING_CLUSTER_FILE: ${file} cannot be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function describeHome(home: string): ClusterDescription {
  const layout = new ClusterLayout(home);
  const topology = loadTopology();
  return {
    database: topology.database,
    secretsFolder: layout.secretsFolder,
    tokenFile: layout.tokenFile,
    datacenters: readDatacenters(layout, topology),
  };
}

/** Ports found free stand in the home; a home without them has the standard datacenters. */
function readDatacenters(layout: ClusterLayout, topology: Topology): RunningDatacenter[] {
  const remembered = existsSync(layout.portsFile)
    ? (JSON.parse(readFileSync(layout.portsFile, 'utf8')) as Record<string, NodePorts>)
    : {};
  const own = Object.entries(remembered).map(([id, ports]) => ({ nodeId: Number(id), ports }));
  // A first datacenter on ports of its own: none of them has the standard ones.
  const standard = '1' in remembered ? [] : topology.datacenters;
  const at = (port: number): string => `${topology.host}:${port}`;
  return [...standard, ...own]
    .sort((a, b) => a.nodeId - b.nodeId)
    .map(({ nodeId, ports }) => ({
      name: datacenterName(nodeId),
      nodeId,
      postgres: at(ports.postgres),
      kafka: at(ports.kafka),
      gateway: at(ports.gateway),
      coordinator: at(ports.coordinatorGrpc),
    }));
}
