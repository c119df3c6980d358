import { readFileSync } from 'node:fs';
import {
  GatewayAnswerError,
  GatewayClient,
  GatewaySilentError,
  type GatewayRequest,
} from '@billing/client';
import { RunningCluster } from '@billing/cluster';
import { CliError, exitCodes, usageError } from './cli.errors.js';
import type { ConnectionOptions } from './node-connection.js';
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
    if (error instanceof GatewaySilentError) {
      const message = `${this.name}: its gateway does not answer: ${error.reason}`;
      return new CliError(exitCodes.unreachable, message, { cause: error });
    }
    if (!(error instanceof GatewayAnswerError)) return error;
    const { status, fields, detail } = error;
    const exitCode =
      status >= 500 ? exitCodes.unreachable : status === 400 ? exitCodes.usage : exitCodes.refused;
    return new CliError(exitCode, `${this.name}: ${fields ?? detail ?? `it answers ${status}`}`);
  }
}

/** GATEWAY_URL names one; without it, those of the running cluster are meant. */
function findGateways(options: ConnectionOptions, { environment }: Terminal): Gateway[] {
  const { GATEWAY_URL: url, TOKEN_FILE: tokenFile, DATABASE_URL: databaseUrl } = environment;
  if (options.home === undefined && url) {
    if (!tokenFile) throw usageError('TOKEN_FILE must name the file with your bearer token');
    return [new Gateway('GATEWAY_URL', url.replace(/\/$/, ''), readToken(tokenFile))];
  }
  if (options.home === undefined && databaseUrl) {
    throw usageError(
      'what is done goes through a gateway, which writes down who did it; DATABASE_URL is for looking. GATEWAY_URL and TOKEN_FILE name one, or --home a cluster',
    );
  }
  const cluster = RunningCluster.find(options.home);
  const chosen =
    options.node === undefined ? cluster.datacenters : [cluster.datacenter(options.node)];
  const ca = cluster.tls?.ca;
  return chosen.map((dc) => new Gateway(dc.name, cluster.gatewayUrl(dc), cluster.token, ca));
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
