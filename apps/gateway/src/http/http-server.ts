import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  rateKey,
  TokenRefusedError,
  type Client,
  type RateLimiter,
  type TokenVerifier,
} from '@billing/auth';
import type { GatewayConfig, TlsMaterial } from '@billing/config';
import type { Log, RequestLog } from '@billing/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { GatewayMetrics } from '../metrics/gateway.metrics.js';
import type { ArrivalWaits } from './arrival-waits.js';
import { awaitPosition } from './position-headers.js';
import { describeAnswer } from './access-log.js';
import { refuseUnaskedQuery, type RouteAccess } from './access.js';
import { addBodyParsers } from './body-parsers.js';
import { Connections, connectionOptions, tlsOptions } from './connections.js';
import { HttpProblem } from './http-problem.js';
import { sendProblem, toProblem } from './problem.filter.js';
import type { RouteList } from './route-list.js';
import { refuseRepeated } from './single-values.js';

export interface HttpServerParts {
  readonly limits: GatewayConfig['limits'];
  readonly trustedProxies: readonly string[];
  /** Undefined: in plain text. */
  readonly tls: TlsMaterial | undefined;
  readonly verifier: Pick<TokenVerifier, 'recall' | 'verify'>;
  /** Of clients: items, where a request has several. */
  readonly rateLimiter: RateLimiter;
  /** Of addresses: requests whose token is refused. */
  readonly refusedLimiter: RateLimiter;
  readonly arrivals: Pick<ArrivalWaits, 'wait'>;
  readonly routes: RouteList;
  readonly log: Log;
  readonly requestLog: RequestLog;
  readonly metrics: GatewayMetrics;
  readonly isStopping: () => boolean;
}

const PARAMETER_LENGTH_MAX = 200;
const requestIdPattern = /^[\w.:/+=-]{1,128}$/;

/** Fastify as this gateway wants it; Nest adds the routes. */
export function createHttpServer(parts: HttpServerParts): FastifyAdapter {
  const { limits, routes, tls } = parts;
  const http = connectionOptions(limits.requestTimeoutMs);
  const connections = new Connections();
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    genReqId: chooseRequestId,
    requestIdHeader: false,
    trustProxy: parts.trustedProxies.length > 0 && [...parts.trustedProxies],
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    // While stopping, connections that are open get their answers and are then closed.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    skipMiddie: true,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, toProblem(error, request, routes)),
    ...(tls === undefined ? { http } : { https: { ...http, ...tlsOptions(tls) } }),
    clientErrorHandler: (error, socket) => connections.answer(error, socket),
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  connections.watch(server.server, limits.connectionsMax);
  addBodyParsers(server, limits.bulkHeldBytesMax, ({ client }, items) => {
    // The request itself has been counted.
    if (client !== undefined) parts.rateLimiter.charge(rateKey(client), items - 1);
  });
  server.decorateRequest('client', undefined);
  server.decorateRequest('address', undefined);
  server.decorateRequest('problem', undefined);
  server.addHook('onRoute', (route) => {
    const access = (route.config ?? {}) as Partial<RouteAccess>;
    const { scope, bulk, manyIds } = access;
    if (scope === undefined) throw new TypeError(`${route.url} does not say who may call it`);
    if (bulk !== undefined) route.bodyLimit = limits.bulkBodyBytesMax;
    if (manyIds === true) route.preHandler = chargeIds(parts.rateLimiter);
    routes.add(route.url, [route.method].flat(), { ...access, scope });
    parts.log.debug({ method: route.method, url: route.url, scope }, 'route');
  });
  server.addHook('onRequest', (request, reply, done) => {
    const receiving = receive(request, reply, parts);
    if (receiving === undefined) done();
    else receiving.then(() => done(), done);
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    // Or the connection would stay open, idle, and keep the server from closing.
    if (parts.isStopping()) reply.header('connection', 'close');
    done(null, payload);
  });
  server.addHook('onResponse', (request, reply, done) => {
    noteAnswer(request, reply, parts);
    done();
  });
  return adapter;
}

/**
 * Before a byte of the body is read. Undefined: there was nothing to wait for; a promise would cost every request.
 * @throws HttpProblem, TokenRefusedError, KeysUnavailableError, DatabaseError
 */
function receive(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: HttpServerParts,
): Promise<void> | undefined {
  reply.header('x-request-id', request.id);
  // Of a trusted proxy what it says, if that is an address.
  request.address = isIP(request.ip) === 0 ? request.socket.remoteAddress : request.ip;
  refuseRepeated(request.raw.rawHeaders, request.query as Record<string, unknown>);
  const { scope } = request.routeOptions.config as Partial<RouteAccess>;
  if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
    throw new HttpProblem('invalid-request', 'the request does not say for which host it is');
  }
  const letIn = (client: Client | undefined): Promise<void> | undefined => {
    if (client !== undefined) admit(client, request, parts);
    refuseUnaskedQuery(request.routeOptions.config as object, request.query as object);
    // For nothing where there is no such route.
    if (client === undefined || scope === undefined) return undefined;
    // Before the body, which is held by nobody meanwhile.
    return awaitPosition(request, reply, parts.arrivals);
  };
  if (scope === 'public') return letIn(undefined);
  const client = identify(request, parts);
  return client instanceof Promise ? client.then(letIn) : letIn(client);
}

/** May it do this, not too often? @throws HttpProblem */
function admit(client: Client, request: FastifyRequest, parts: HttpServerParts): void {
  const { scope } = request.routeOptions.config as Partial<RouteAccess>;
  request.client = client;
  // No scope: a path that does not exist, on its way to 404.
  if (scope !== undefined && scope !== 'public' && !client.scopes.has(scope)) {
    throw HttpProblem.missingScope(scope);
  }
  if (!parts.rateLimiter.take(rateKey(client))) {
    throw new HttpProblem('too-many-requests', 'this client sends more requests than it may');
  }
}

/** Who is it? Checking a token costs more than refusing one that comes from where many have been refused. */
function identify(request: FastifyRequest, parts: HttpServerParts): Client | Promise<Client> {
  if (!parts.refusedLimiter.isFree(request.address ?? '')) {
    throw new HttpProblem('too-many-requests', 'too many tokens from this address were refused');
  }
  return parts.verifier.recall(request.headers.authorization) ?? verify(request, parts);
}

async function verify(request: FastifyRequest, parts: HttpServerParts): Promise<Client> {
  try {
    return await parts.verifier.verify(request.headers.authorization);
  } catch (error) {
    if (error instanceof TokenRefusedError) parts.refusedLimiter.charge(request.address ?? '', 1);
    throw error;
  }
}

/** The request itself has been counted. */
function chargeIds(rateLimiter: RateLimiter): preHandlerHookHandler {
  return ({ client, body }, _reply, done) => {
    const ids = (body as { ids?: unknown } | null | undefined)?.ids;
    if (client !== undefined && Array.isArray(ids)) {
      rateLimiter.charge(rateKey(client), Math.max(0, ids.length - 1));
    }
    done();
  };
}

function chooseRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
}

function noteAnswer(request: FastifyRequest, reply: FastifyReply, parts: HttpServerParts): void {
  const { url, config } = request.routeOptions;
  const facts = describeAnswer(request, reply);
  // Health is asked every second or so: not worth a line.
  if ((config as Partial<RouteAccess>).scope === 'public') {
    parts.log.debug(facts, 'request');
    return;
  }
  parts.requestLog.write(facts);
  if ((config as Partial<RouteAccess>).stream === true) return;
  parts.metrics.observeRequest(request.method, url, reply.statusCode, reply.elapsedTime);
}
