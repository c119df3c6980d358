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
  /** A service that produces pay-ins. */
  readonly upstream: string;
}

export interface Topology {
  readonly host: string;
  readonly database: string;
  readonly superuser: string;
  /** Login roles that the SQL pipeline makes; each has a password of its own. */
  readonly roles: readonly string[];
  readonly kafkaUsers: KafkaUserNames;
  readonly topics: readonly Topic[];
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

export function datacenterName(nodeId: number): string {
  return `dc${nodeId}`;
}
