import { existsSync, readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { get as getOverTls } from 'node:https';
import { join } from 'node:path';
import { developerTokenSeconds } from './jwt.js';
import { pollingAddress } from './ports.js';
import { ClusterError } from './cluster-error.js';
import type { TlsFiles } from './cluster-tls.js';
import type { MemberLauncher } from './member-process.js';
import { appKinds, type AppKind, type MemberKind, type MemberSpec } from './member.js';
import type { KafkaUserNames, NodePorts } from './topology.js';

export interface AppMemberInput {
  readonly kind: AppKind;
  readonly nodeId: number;
  readonly name: string;
  readonly host: string;
  readonly ports: NodePorts;
  readonly logFile: string;
  /** Undefined: it is asked in plain text. */
  readonly tls?: TlsFiles | undefined;
}

/** What an app needs to know of the node it belongs to; the names are those of libs/config. */
export interface AppSurroundings {
  readonly nodeId: number;
  readonly host: string;
  readonly ports: NodePorts;
  readonly databaseUrl: (role: string) => string;
  readonly passwordFile: (role: string) => string;
  readonly kafkaBrokers: string;
  /** Undefined: brokers that know no users. */
  readonly kafkaUsers: KafkaUserNames | undefined;
  /** As PAY_IN_UPSTREAM_TOPICS wants them. */
  readonly upstreamTopics: string;
  readonly jwtPublicKeyFile: string;
  /** Of the other datacenters, as CONSOLE_PEER_GATEWAYS wants them. */
  readonly peerGateways: string;
}

const databaseRoles: Readonly<Record<AppKind, string>> = {
  gateway: 'billing_gateway',
  'ledger-worker': 'billing_ledger_worker',
  coordinator: 'billing_coordinator',
};

/**
 * V8 settings per app. The worker's batches outlive a young generation of the default size (16 MB) and
 * are copied again and again: with 32 MB it needs a fifth less processor time per pay-in (measured on
 * Node 20, 500,000 pay-ins), and stays below 300 MB.
 */
const v8Arguments: Readonly<Partial<Record<AppKind, readonly string[]>>> = {
  'ledger-worker': ['--max-semi-space-size=32'],
};

export function appMainFile(cloneFolder: string, kind: AppKind): string {
  return join(cloneFolder, 'apps', kind, 'dist', 'main.js');
}

/** @throws ClusterError NOT_BUILT naming the apps among the kinds that have no dist/main.js */
export function requireBuilt(cloneFolder: string, kinds: readonly MemberKind[]): void {
  const missing = appKinds.filter(
    (kind) => kinds.includes(kind) && !existsSync(appMainFile(cloneFolder, kind)),
  );
  if (missing.length === 0) return;
  throw new ClusterError(
    'NOT_BUILT',
    `not built: ${missing.join(', ')}; run "npm run build" first`,
  );
}

export function managementPort(kind: AppKind, ports: NodePorts): number {
  if (kind === 'gateway') return ports.gatewayManagement;
  return kind === 'coordinator' ? ports.coordinatorManagement : ports.ledgerWorkerManagement;
}

export function appEnvironment(kind: AppKind, around: AppSurroundings): Record<string, string> {
  const role = databaseRoles[kind];
  const common = {
    BILLING_NODE_ID: String(around.nodeId),
    MANAGEMENT_HOST: around.host,
    MANAGEMENT_PORT: String(managementPort(kind, around.ports)),
    DATABASE_URL: around.databaseUrl(role),
    DATABASE_PASSWORD_FILE: around.passwordFile(role),
  };
  const kafka = {
    KAFKA_BROKERS: around.kafkaBrokers,
    ...kafkaLogin(kind, around),
    PAY_IN_UPSTREAM_TOPICS: around.upstreamTopics,
  };
  const jwt = {
    JWT_PUBLIC_KEY_FILE: around.jwtPublicKeyFile,
    JWT_LIFETIME_MAX_S: String(developerTokenSeconds),
  };
  const grpcPort = String(around.ports.coordinatorGrpc);
  if (kind === 'gateway') {
    const coordinator = { COORDINATOR_URL: `${around.host}:${grpcPort}` };
    const peers = { CONSOLE_PEER_GATEWAYS: around.peerGateways };
    const http = { HTTP_HOST: around.host, HTTP_PORT: String(around.ports.gateway) };
    return { ...common, ...http, ...kafka, ...jwt, ...coordinator, ...peers };
  }
  // People try things out with kcat, beside the gateway and on its topic.
  if (kind === 'ledger-worker') return { ...common, ...kafka, WORKER_ALLOW_NAMELESS: 'true' };
  return { ...common, ...jwt, GRPC_HOST: around.host, GRPC_PORT: grpcPort };
}

function kafkaLogin(kind: AppKind, around: AppSurroundings): Record<string, string> {
  if (around.kafkaUsers === undefined) return {};
  const { gateway, ledgerWorker } = around.kafkaUsers;
  const user = kind === 'gateway' ? gateway : ledgerWorker;
  return {
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD_FILE: around.passwordFile(user),
  };
}

/** What follows `node` on the command line. */
export function appArguments(cloneFolder: string, kind: AppKind): string[] {
  const v8 = v8Arguments[kind] ?? [];
  return ['--enable-source-maps', ...v8, appMainFile(cloneFolder, kind)];
}

/** An app is told everything through its environment: only who launches it differs. */
export function createAppMember(input: AppMemberInput, launcher: MemberLauncher): MemberSpec {
  const management = managementPort(input.kind, input.ports);
  const ports = [{ name: 'management', port: management }];
  if (input.kind === 'gateway') ports.unshift({ name: 'HTTP', port: input.ports.gateway });
  if (input.kind === 'coordinator') {
    ports.unshift({ name: 'gRPC', port: input.ports.coordinatorGrpc });
  }
  const readiness = new Readiness(input.host, management, input.tls);
  return {
    kind: input.kind,
    nodeId: input.nodeId,
    name: input.name,
    ports,
    logFile: input.logFile,
    launcher,
    stopSignals: [{ signal: 'SIGTERM', timeoutMs: 3_000 }],
    // Nine apps that started at once on two cores that did much else were not there after 30 s.
    readyTimeoutMs: 60_000,
    prepare: async () => undefined,
    isReady: () => readiness.ask(),
    lastHeard: () => `/health/ready: ${readiness.lastHeard}`,
    afterReady: async () => undefined,
  };
}

/** Asks an app's /health/ready, and remembers what it said. */
class Readiness {
  lastHeard = 'not asked yet';

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly tls: TlsFiles | undefined,
  ) {}

  ask(): Promise<boolean> {
    const { host, port, tls } = this;
    return new Promise((resolve) => {
      const from = pollingAddress(host);
      const where = { host, port, path: '/health/ready', agent: false, timeout: 2_000, ...from };
      const hear = (response: IncomingMessage): void => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('close', () => {
          this.lastHeard = `${response.statusCode} ${body}`;
          resolve(response.statusCode === 200);
        });
      };
      const asked = tls
        ? getOverTls({ ...where, ca: readFileSync(tls.caFile) }, hear)
        : get(where, hear);
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.on('error', (error) => {
        this.lastHeard = error.message;
        resolve(false);
      });
    });
  }
}
