import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface NodePorts {
  readonly postgres: number;
  readonly kafka: number;
  readonly kafkaController: number;
  readonly gateway: number;
  readonly gatewayManagement: number;
  readonly coordinatorGrpc: number;
  readonly coordinatorManagement: number;
  readonly ledgerWorkerManagement: number;
}

export interface Datacenter {
  readonly name: string;
  readonly nodeId: number;
  readonly ports: NodePorts;
}

export interface Topic {
  readonly name: string;
  readonly partitions: number;
}

/** Each has a password of its own, in `<name>.password` beside those of the roles. */
export interface KafkaUserNames {
  /** May do everything: the brokers themselves, and what makes topics and users. */
  readonly admin: string;
  readonly gateway: string;
  readonly ledgerWorker: string;
  /** A service of the default tenant that produces pay-ins beside the gateway. */
  readonly upstream: string;
  /** One of the tenant `shop`, which has a topic of its own. */
  readonly shop: string;
}

/** One that a single user writes. */
export interface OwnedTopic extends Topic {
  /** Whose its messages are. */
  readonly tenant: string;
  readonly user: string;
}

export interface Topology {
  readonly host: string;
  readonly database: string;
  readonly superuser: string;
  /** Login roles of apps and people, which the SQL pipeline makes; each has a password of its own. */
  readonly roles: readonly string[];
  /** As whom a node comes to the others: `<role>_<nodeId>`, each with a password of its own. */
  readonly peerRoles: readonly string[];
  readonly kafkaUsers: KafkaUserNames;
  readonly topics: readonly Topic[];
  /** Beside them where brokers know users: without them a topic would have no owner. */
  readonly upstreamTopics: readonly OwnedTopic[];
  readonly datacenters: readonly Datacenter[];
}

export const portNames = [
  'postgres',
  'kafka',
  'kafkaController',
  'gateway',
  'gatewayManagement',
  'coordinatorGrpc',
  'coordinatorManagement',
  'ledgerWorkerManagement',
] as const satisfies readonly (keyof NodePorts)[];

/** The data file that `npm start` and docker-compose.yml are both held to. */
export const topologyFile = fileURLToPath(new URL('../topology.json', import.meta.url));

export function loadTopology(): Topology {
  return JSON.parse(readFileSync(topologyFile, 'utf8')) as Topology;
}

/** All that the SQL pipeline wants a password of. */
export function loginRolesOf(topology: Topology, nodeIds: readonly number[]): string[] {
  const { roles, peerRoles } = topology;
  return [...roles, ...nodeIds.flatMap((nodeId) => peerRoles.map((role) => `${role}_${nodeId}`))];
}

/** As PAY_IN_UPSTREAM_TOPICS wants them: `shop=shop`. */
export function upstreamTopicList({ topics, upstreamTopics }: Topology): string {
  const prefix = `${topics[0]?.name}.`;
  return upstreamTopics
    .map(({ name, tenant }) => `${name.slice(prefix.length)}=${tenant}`)
    .join(' ');
}

export function datacenterName(nodeId: number): string {
  return `dc${nodeId}`;
}
