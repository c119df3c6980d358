import { readFileSync } from 'node:fs';
import { RunningCluster } from '@billing/cluster';
import { stringifyJson } from '@billing/contracts';
import { CliError, exitCodes, usageError } from './cli.errors.js';
import type { ConnectionOptions } from './node-connection.js';
import type { Terminal } from './terminal.js';

const timeoutMs = 30_000;

interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** A datacenter's gateway: what changes something goes through it, so that the client is written down. */
export class Gateway {
  constructor(
    readonly name: string,
    private readonly url: string,
    private readonly token: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T>(path: string, body: object, key?: string): Promise<T> {
    return this.call<T>('POST', path, stringifyJson(body), key);
  }

  async delete(path: string): Promise<void> {
    await this.call('DELETE', path);
  }

  /** @param key under which the same request may be sent again */
  private async call<T>(method: string, path: string, body?: string, key?: string): Promise<T> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const signal = AbortSignal.timeout(timeoutMs);
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.url + path, { method, headers, body: body ?? null, signal });
      text = await response.text();
    } catch (error) {
      const cause = (error as Error).cause ?? error;
      const why = (cause as { code?: string }).code ?? (cause as Error).message;
      throw new CliError(
        exitCodes.unreachable,
        `${this.name}: its gateway does not answer: ${why}`,
        { cause: error },
      );
    }
    // 204 has no body.
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    throw this.toError(response.status, text);
  }

  private toError(status: number, text: string): CliError {
    const { detail, errors } = readProblem(text);
    const faults = errors?.map(({ field, message }) => `${field} ${message}`).join('; ');
    const words = faults ?? detail ?? `it answers ${status}`;
    const exitCode =
      status >= 500 ? exitCodes.unreachable : status === 400 ? exitCodes.usage : exitCodes.refused;
    return new CliError(exitCode, `${this.name}: ${words}`);
  }
}

function readProblem(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
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
  return chosen.map((dc) => new Gateway(dc.name, cluster.gatewayUrl(dc), cluster.token));
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
