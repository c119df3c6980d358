import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError } from './cluster-error.js';
import { ClusterLayout } from './cluster-layout.js';
import { chooseHome, isHome, runningSupervisor } from './home.js';
import {
  datacenterName,
  loadTopology,
  type Datacenter,
  type NodePorts,
  type Topology,
} from './topology.js';

/** How other tools reach the datacenters of a home. Reads it and changes nothing. */
export class RunningCluster {
  private readonly layout: ClusterLayout;
  private readonly topology: Topology = loadTopology();
  readonly datacenters: readonly Datacenter[];

  private constructor(readonly home: string) {
    this.layout = new ClusterLayout(home);
    this.datacenters = readDatacenters(this.layout, this.topology);
  }

  /**
   * The cluster that runs in the given home, else in BILLING_HOME, else where `npm start` keeps it.
   * @throws ClusterError NOT_RUNNING
   */
  static find(home?: string): RunningCluster {
    const chosen = chooseHome(home === undefined ? process.env : { BILLING_HOME: home }).home;
    if (runningSupervisor(chosen)) return new RunningCluster(chosen);
    const elsewhere = 'or say where it runs: --home <folder> or BILLING_HOME';
    throw new ClusterError(
      'NOT_RUNNING',
      `no cluster is running in ${chosen}: npm start, ${elsewhere}`,
    );
  }

  /** `dc2` or `2`. @throws ClusterError BAD_REQUEST */
  datacenter(name: string): Datacenter {
    const found = this.datacenters.find((dc) => dc.name === name || String(dc.nodeId) === name);
    if (found) return found;
    const known = this.datacenters.map((dc) => dc.name).join(', ');
    throw new ClusterError('BAD_REQUEST', `there is no datacenter "${name}", only ${known}`);
  }

  gatewayUrl({ ports }: Datacenter): string {
    return `http://${this.topology.host}:${ports.gateway}`;
  }

  /** host:port of gRPC. */
  coordinatorAddress({ ports }: Datacenter): string {
    return `${this.topology.host}:${ports.coordinatorGrpc}`;
  }

  kafkaBroker({ ports }: Datacenter): string {
    return `${this.topology.host}:${ports.kafka}`;
  }

  /** Without a password, as DATABASE_URL wants it. */
  databaseUrl({ ports }: Datacenter, role: string): string {
    const { host, database } = this.topology;
    return `postgres://${role}@${host}:${ports.postgres}/${database}`;
  }

  passwordFile(role: string): string {
    return join(this.layout.secretsFolder, `${role}.password`);
  }

  get token(): string {
    return readToken(this.layout);
  }
}

/** The developer's token of a home, running or not. @throws ClusterError NOT_RUNNING */
export function readDeveloperToken(home?: string): string {
  const chosen = chooseHome(home === undefined ? process.env : { BILLING_HOME: home }).home;
  const layout = new ClusterLayout(chosen);
  if (isHome(chosen) && existsSync(layout.tokenFile)) return readToken(layout);
  throw new ClusterError('NOT_RUNNING', `there is no token in ${chosen}: npm start makes one`);
}

function readToken(layout: ClusterLayout): string {
  return readFileSync(layout.tokenFile, 'utf8').trim();
}

/** Ports found free stand in the home; a home without them has the standard datacenters. */
function readDatacenters(layout: ClusterLayout, topology: Topology): readonly Datacenter[] {
  const remembered = existsSync(layout.portsFile)
    ? (JSON.parse(readFileSync(layout.portsFile, 'utf8')) as Record<string, NodePorts>)
    : {};
  const own = Object.entries(remembered).map(([nodeId, ports]) => ({
    name: datacenterName(Number(nodeId)),
    nodeId: Number(nodeId),
    ports,
  }));
  // A first datacenter on ports of its own: none of them has the standard ones.
  const standard = '1' in remembered ? [] : topology.datacenters;
  return [...standard, ...own].sort((a, b) => a.nodeId - b.nodeId);
}
