import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePorts } from './ports.js';
import {
  datacenterName,
  portNames,
  type Datacenter,
  type NodePorts,
  type Topology,
} from './topology.js';

/** Where each thing of a home lives. */
export class ClusterLayout {
  constructor(readonly home: string) {}

  get logsFolder(): string {
    return join(this.home, 'logs');
  }
  get secretsFolder(): string {
    return join(this.home, 'secrets');
  }
  get jwtFolder(): string {
    return join(this.home, 'jwt');
  }
  get tokenFile(): string {
    return join(this.home, 'token');
  }
  get tlsFolder(): string {
    return join(this.home, 'tls');
  }
  get pgcryptoKeyFile(): string {
    return join(this.home, 'pgcrypto_key.txt');
  }
  get portsFile(): string {
    return join(this.home, 'ports.json');
  }
  get pipelineLogFile(): string {
    return join(this.logsFolder, 'sql.log');
  }
  nodeFolder(nodeId: number): string {
    return join(this.home, datacenterName(nodeId));
  }
  kafkaFolder(nodeId: number): string {
    return join(this.nodeFolder(nodeId), 'kafka');
  }
  /** Of a broker that knows users: what Kafka's own tools take to come in as its admin. */
  kafkaAdminFile(nodeId: number): string {
    return join(this.kafkaFolder(nodeId), 'admin.properties');
  }
  logFile(memberName: string): string {
    return join(this.logsFolder, `${memberName.replace('/', '-')}.log`);
  }
  pidFile(memberName: string): string {
    return join(this.home, 'run', `${memberName.replace('/', '-')}.pid`);
  }
}

/**
 * The datacenters of a home. Ports that were found free are remembered in it: the nodes keep each
 * other's addresses in their databases, so a second start must find them where they were.
 */
export async function layOutDatacenters(
  layout: ClusterLayout,
  topology: Topology,
  nodeCount: number,
  ports: 'default' | 'free',
): Promise<Datacenter[]> {
  const remembered = existsSync(layout.portsFile)
    ? (JSON.parse(readFileSync(layout.portsFile, 'utf8')) as Record<string, Partial<NodePorts>>)
    : {};
  const datacenters: Datacenter[] = [];
  for (let nodeId = 1; nodeId <= nodeCount; nodeId++) {
    const standard = topology.datacenters.find((datacenter) => datacenter.nodeId === nodeId);
    if (ports === 'default' && standard) {
      datacenters.push(standard);
      continue;
    }
    const own = await completePorts(remembered[nodeId]);
    remembered[nodeId] = own;
    datacenters.push({ name: datacenterName(nodeId), nodeId, ports: own });
  }
  if (Object.keys(remembered).length > 0) {
    writeFileSync(layout.portsFile, `${JSON.stringify(remembered, null, 2)}\n`);
  }
  return datacenters;
}

/** A home of before may lack some. */
async function completePorts(known: Partial<NodePorts> = {}): Promise<NodePorts> {
  const missing = portNames.filter((name) => known[name] === undefined);
  const found = await findFreePorts(missing.length);
  const named = missing.map((name, index) => [name, found[index]!] as const);
  return { ...known, ...Object.fromEntries(named) } as NodePorts;
}
