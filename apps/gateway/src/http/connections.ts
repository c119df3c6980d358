import {
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import type { TlsMaterial } from '@billing/config';
import { HttpProblem } from './http-problem.js';
import type { ProblemKind } from './problem-kinds.js';

/** How long a client may take to send its headers. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often is looked for clients that take too long; Node's own 30 s would double the time they have. */
const TIMEOUT_CHECK_MS = 500;
const LINGER_MS = 1_000;

/** Of Node's server, where what Fastify sets is not enough. */
export function connectionOptions(requestTimeoutMs: number): ServerOptions {
  return {
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    // Missed by the first hook instead, which answers with a problem.
    requireHostHeader: false,
  };
}

/** How long a client may take to agree on a key; closing the server waits for it, nobody else sees to it. */
const HANDSHAKE_TIMEOUT_MS = 5_000;

/** Beside those, of Node's server with TLS. */
export function tlsOptions({ cert, key }: TlsMaterial): TlsOptions {
  return { cert, key, handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What goes wrong on a connection before, or behind, a request that Fastify hears of. */
export class Connections {
  private readonly latest = new WeakMap<Duplex, Exchange>();

  watch(server: Server, connectionsMax: number): void {
    server.maxConnections = connectionsMax;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.latest.set(request.socket, { request, response });
    });
    server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
      const { status, headers, body } = toAnswer('expectation-failed');
      response.writeHead(status, headers).end(body);
    });
  }

  /** Node cannot read on: says so, unless that would be taken for the answer to an earlier request. */
  answer(error: Error & { code?: string }, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || socket.destroyed) {
      socket.destroy();
      return;
    }
    // Said already; the rest of what the client sends is as little to be read.
    if (socket.writableEnded) return;
    const { request, response } = this.latest.get(socket) ?? {};
    if (response?.writableFinished === false && (request?.complete || response.headersSent)) {
      response.once('close', () => endGently(socket, ''));
      if (request !== undefined && error.code !== 'ERR_HTTP_REQUEST_TIMEOUT')
        tellReader(request, error);
      return;
    }
    const { status, title, headers, body } = toAnswer(kindOf(error.code));
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    endGently(socket, `HTTP/1.1 ${status} ${title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  }
}

/** Of a body that is read while it is answered: there is no more of it. */
function tellReader(request: IncomingMessage, error: Error): void {
  if (!request.complete && request.listenerCount('error') > 0) request.emit('error', error);
}

/** The reset of a connection with bytes unread would take the answer away from the client. */
function endGently(socket: Duplex, text: string): void {
  socket.end(text);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function kindOf(code: string | undefined): ProblemKind {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request-timeout';
    case 'HPE_HEADER_OVERFLOW':
      return 'headers-too-large';
    default:
      return 'invalid-request';
  }
}

const details: Partial<Record<ProblemKind, string>> = {
  'request-timeout': 'the request did not come in time',
  'headers-too-large': 'the headers are larger than this server takes',
  'expectation-failed': 'nothing but 100-continue can be expected here',
};

interface RawAnswer {
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function toAnswer(kind: ProblemKind): RawAnswer {
  const detail = details[kind] ?? 'this is not an HTTP request that can be read';
  const problem = new HttpProblem(kind, detail);
  const body = JSON.stringify(problem.body);
  return {
    status: problem.status,
    title: STATUS_CODES[problem.status] ?? '',
    headers: {
      ...problem.headers,
      'content-type': 'application/problem+json',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    },
    body,
  };
}
