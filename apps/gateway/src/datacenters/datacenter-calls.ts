import { setMaxListeners } from 'node:events';
import { stringifyJson } from '@billing/contracts';
import type { FastifyRequest } from 'fastify';
import { ClientPlaces } from '../http/client-places.js';
import { HttpProblem } from '../http/http-problem.js';
import { failureOf, readBounded, withinTime } from './bounded-answer.js';

export interface DatacenterGateway {
  readonly nodeId: number;
  readonly url: string;
}

export interface DatacenterCall {
  readonly method: 'GET' | 'POST';
  /** One of datacenter-path.ts. */
  readonly path: string;
  readonly body?: unknown;
}

export interface DatacenterAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Longer than a statement may take there. */
const READ_TIMEOUT_MS = 6_000;
/** Longer than a coordinator is waited for there. */
const ACT_TIMEOUT_MS = 12_000;
/** A letter of 1 MiB, twice: in base64, and as text with every byte escaped. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;
const CALLS_MAX = 32;
const CALLS_PER_CLIENT_MAX = 16;

/** Whatever else there is in an answer belongs to that connection, or to nobody. */
const handedOn = ['content-type', 'retry-after', 'www-authenticate'] as const;
const ownTypes = /^application\/(problem\+)?json\b/;

/** Asks the gateway of a datacenter, this one's too, on behalf of whoever asks here, with their own token. */
export class DatacenterCalls {
  private readonly stopping = new AbortController();
  private readonly places = new ClientPlaces({
    what: 'calls of other datacenters',
    placesMax: CALLS_MAX,
    perClientMax: CALLS_PER_CLIENT_MAX,
  });

  constructor(
    private readonly ownNodeId: number,
    private readonly gateways: readonly DatacenterGateway[],
  ) {
    // Each call under way listens.
    setMaxListeners(CALLS_MAX, this.stopping.signal);
  }

  /** Those under way are answered that nothing is known of them. */
  stop(): void {
    this.stopping.abort(new Error('this gateway is stopping'));
  }

  /** @throws HttpProblem not-found, too-many-requests, overloaded, datacenter-unreachable */
  async make(
    node: string,
    call: DatacenterCall,
    request: FastifyRequest,
  ): Promise<DatacenterAnswer> {
    if (node === String(this.ownNodeId)) return askOwn(call, request);
    const gateway = this.gateways.find(({ nodeId }) => node === String(nodeId));
    if (gateway === undefined) {
      throw new HttpProblem('not-found', `no datacenter ${node} is known here`);
    }
    const leave = this.places.take(request.client?.id ?? '');
    try {
      return await this.ask(gateway, call, request);
    } finally {
      leave();
    }
  }

  private async ask(
    gateway: DatacenterGateway,
    call: DatacenterCall,
    request: FastifyRequest,
  ): Promise<DatacenterAnswer> {
    const { method, body } = call;
    const timeoutMs = method === 'GET' ? READ_TIMEOUT_MS : ACT_TIMEOUT_MS;
    const target = targetOf(gateway, call);
    try {
      return await withinTime(timeoutMs, this.stopping.signal, async (signal) => {
        const response = await fetch(target, {
          method,
          headers: headersOf(call, request),
          redirect: 'error',
          signal,
          ...(body !== undefined && { body: stringifyJson(body) }),
        });
        return readAnswer(response);
      });
    } catch (error) {
      throw unreachable(gateway.nodeId, method, failureOf(error, timeoutMs), error);
    }
  }
}

async function readAnswer(response: Response): Promise<DatacenterAnswer> {
  const type = response.headers.get('content-type') ?? '';
  if (!ownTypes.test(type)) throw new Error(`answered ${response.status}, not as a gateway`);
  const body = await readBounded(response, ANSWER_BYTES_MAX);
  const headers = handedOn.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { status: response.status, headers: Object.fromEntries(headers), body };
}

/** Where it leads is where it says: dots, slashes and hosts would be read otherwise. */
function targetOf({ url }: DatacenterGateway, { path }: DatacenterCall): URL {
  const target = new URL(path, url);
  if (target.origin !== new URL(url).origin || target.pathname + target.search !== path) {
    throw new HttpProblem('not-found', 'there is nothing at this path');
  }
  return target;
}

/** With the token as it came: it is for the other gateway to believe it. */
function headersOf({ body }: DatacenterCall, request: FastifyRequest): Record<string, string> {
  return {
    accept: 'application/json',
    authorization: request.headers.authorization ?? '',
    // One request in the logs of both.
    'x-request-id': request.id,
    ...(request.address !== undefined && { 'x-forwarded-for': request.address }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
}

async function askOwn(call: DatacenterCall, request: FastifyRequest): Promise<DatacenterAnswer> {
  const { method, path, body } = call;
  const answer = await request.server.inject({
    method,
    url: path,
    headers: headersOf(call, request),
    ...(body !== undefined && { payload: stringifyJson(body) }),
  });
  const headers = handedOn.flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(headers),
    body: answer.rawPayload,
  };
}

function unreachable(
  node: number,
  method: DatacenterCall['method'],
  failure: string,
  cause: unknown,
): HttpProblem {
  const lost =
    method === 'GET'
      ? ''
      : '; what was asked may or may not have been done, and may be asked again: nothing is done twice';
  const silence = failure.startsWith('no answer') ? failure : `no answer (${failure})`;
  const detail = `the gateway of dc${node} gives ${silence}${lost}`;
  return new HttpProblem('datacenter-unreachable', detail, { members: { node }, cause });
}
