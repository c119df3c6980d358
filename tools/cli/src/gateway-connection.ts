import { readFileSync } from 'node:fs';
import { BillingClient, GatewayClient, type GatewayRequest } from '@billing/client';
import { RunningCluster } from '@billing/cluster';
import { CliError, explainClientError, usageError } from './cli.errors.js';
import { parseNode, type ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

const timeoutMs = 30_000;

/** A datacenter's gateway: what changes something goes through it, so that the client is written down. */
export class Gateway {
  private readonly client: GatewayClient;

  constructor(
    readonly name: string,
    url: string,
    token: string,
    ca?: string,
  ) {
    this.client = new GatewayClient({ url, token, timeoutMs, ca });
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>({ method: 'GET', path });
  }

  post<T>(path: string, body: object, idempotencyKey?: string): Promise<T> {
    return this.call<T>({ method: 'POST', path, body, idempotencyKey });
  }

  async delete(path: string): Promise<void> {
    await this.call({ method: 'DELETE', path });
  }

  private async call<T>(request: GatewayRequest): Promise<T> {
    try {
      return (await this.client.ask<T>(request)).body;
    } catch (error) {
      throw this.explain(error);
    }
  }

  private explain(error: unknown): unknown {
    const explained = explainClientError(error);
    if (explained === undefined) return error;
    const { exitCode, message } = explained;
    return new CliError(exitCode, `${this.name}: ${message}`, { cause: error });
  }
}

/** Where gateways are, and who asks them. */
interface Access {
  readonly gateways: readonly {
    readonly name: string;
    /** Undefined: nobody says. */
    readonly nodeId: number | undefined;
    readonly url: string;
  }[];
  readonly token: string;
  readonly ca?: string | undefined;
}

/** GATEWAY_URL names one; without it, those of the running cluster are meant, all of them. */
function findAccess({ home, node }: ConnectionOptions, { environment }: Terminal): Access {
  const { GATEWAY_URL: url, TOKEN_FILE: tokenFile, DATABASE_URL: databaseUrl } = environment;
  if (home === undefined && url) {
    if (!tokenFile) throw usageError('TOKEN_FILE must name the file with your bearer token');
    const nodeId = node === undefined ? undefined : parseNode(node);
    const gateway = { name: 'GATEWAY_URL', nodeId, url: url.replace(/\/$/, '') };
    return { gateways: [gateway], token: readToken(tokenFile) };
  }
  if (home === undefined && databaseUrl) {
    throw usageError(
      'what is done goes through a gateway, which writes down who did it; DATABASE_URL is for looking. GATEWAY_URL and TOKEN_FILE name one, or --home a cluster',
    );
  }
  const cluster = RunningCluster.find(home);
  const gateways = cluster.datacenters.map((datacenter) => ({
    name: datacenter.name,
    nodeId: datacenter.nodeId,
    url: cluster.gatewayUrl(datacenter),
  }));
  // The one that is meant first, and an error when there is none such.
  const first = node === undefined ? undefined : cluster.datacenter(node).nodeId;
  gateways.sort((a, b) => Number(b.nodeId === first) - Number(a.nodeId === first));
  return { gateways, token: cluster.token, ca: cluster.tls?.ca };
}

function findGateways(options: ConnectionOptions, terminal: Terminal): Gateway[] {
  const { gateways, token, ca } = findAccess(options, terminal);
  const chosen = options.node === undefined ? gateways : gateways.slice(0, 1);
  return chosen.map(({ name, url }) => new Gateway(name, url, token, ca));
}

/** As a service asks: whichever datacenter answers, the one that is meant first. It is the home of what is made. */
export function findBilling(options: ConnectionOptions, terminal: Terminal): BillingClient {
  const { gateways, token, ca } = findAccess(options, terminal);
  const [nearest, ...others] = gateways.map(({ nodeId, url }) => {
    if (nodeId === undefined) throw usageError('whose is GATEWAY_URL? --node dc1');
    return { nodeId, url };
  });
  if (nearest === undefined) throw usageError('the cluster has no datacenter');
  return new BillingClient({ datacenters: [nearest, ...others], token, ca });
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw usageError(`TOKEN_FILE: ${(error as Error).message}`);
  }
}

/** For what is the same at every one of them: the first of those that are meant. */
export function findAnyGateway(options: ConnectionOptions, terminal: Terminal): Gateway {
  const [gateway] = findGateways(options, terminal);
  if (gateway === undefined) throw usageError('the cluster has no datacenter');
  return gateway;
}

/** The one gateway that is meant. @throws CliError when several are */
export function findGateway(options: ConnectionOptions, terminal: Terminal): Gateway {
  const gateways = findGateways(options, terminal);
  const [gateway, ...others] = gateways;
  if (gateway === undefined || others.length > 0) {
    throw usageError(`which node? --node ${gateways.map(({ name }) => name).join(' | ')}`);
  }
  return gateway;
}
