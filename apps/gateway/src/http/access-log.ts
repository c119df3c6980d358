import { TokenRefusedError } from '@billing/auth';
import { isAccountId, isPayInTopic, isUuid, parseMessageName } from '@billing/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpProblem } from './http-problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The other end of the connection; afterwards nobody can be asked. */
    address: string | undefined;
  }
}

const UNAUTHENTICATED = 401;

/** A request and its answer as a line of the log tells them: ids, never texts of the caller's. */
export function describeAnswer(request: FastifyRequest, reply: FastifyReply): object {
  return {
    requestId: request.id,
    method: request.method,
    // The pattern: user names and what only looks like an id stay out of the log.
    path: request.routeOptions.url,
    objectId: objectIdOf(request, reply),
    status: reply.statusCode,
    reason: reply.statusCode === UNAUTHENTICATED ? whyRefused(request.problem) : undefined,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
    client: request.client?.id,
    address: request.address,
  };
}

/** The account, pay-out, pay-in or dead letter that the path names, else the one that was made or refused. */
function objectIdOf(request: FastifyRequest, reply: FastifyReply): string | undefined {
  // Null where the URL could not be read.
  const params = (request.params ?? {}) as Record<string, string | undefined>;
  const { id, commandId, topic, partition, offset } = params;
  const letter = topic === undefined ? undefined : `${topic}/${partition}/${offset}`;
  const { members } = request.problem?.facts ?? {};
  const { payOutId, commandId: refusedId, accountId } = members ?? {};
  const named = [id, commandId, letter, idOfLocation(reply), payOutId, refusedId, accountId];
  return named.find(isObjectId);
}

/** `/v1/pay-ins/6abe…?receipt=…` */
function idOfLocation(reply: FastifyReply): string | undefined {
  const location = reply.getHeader('location');
  if (typeof location !== 'string') return undefined;
  const query = location.indexOf('?');
  const path = query < 0 ? location : location.slice(0, query);
  return path.slice(path.lastIndexOf('/') + 1);
}

function isObjectId(value: unknown): value is string {
  if (isAccountId(value) || isUuid(value)) return true;
  const name = typeof value === 'string' ? parseMessageName(value) : undefined;
  return name !== undefined && isPayInTopic(name.topic);
}

/** What was wrong with the token; `elsewhere`: the coordinator or another gateway refused it, and knows. */
function whyRefused(problem: HttpProblem | undefined): string {
  return problem?.cause instanceof TokenRefusedError ? problem.cause.reason : 'elsewhere';
}
