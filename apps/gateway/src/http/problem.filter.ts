import {
  Catch,
  HttpException,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { DatabaseError, type FailureKind } from '@billing/database';
import { KeysUnavailableError, TokenRefusedError } from '@billing/auth';
import type { Log } from '@billing/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './http-problem.js';
import type { RouteList } from './route-list.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What it was answered, when that was an error. */
    problem: HttpProblem | undefined;
  }
}

/** Answers every error as problem details, whoever raised it: controllers, Nest or Fastify. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteList,
    private readonly log: Log,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = toProblem(error, request, this.routes);
    if (problem.status >= 500) {
      const err = problem.kind === 'internal' ? error : undefined;
      const reason = problem.cause instanceof Error ? problem.cause.message : problem.detail;
      const level = problem.kind === 'internal' ? 'error' : 'warn';
      this.log[level]({ requestId: request.id, err, problem: problem.kind, reason }, 'failed');
    }
    sendProblem(reply, problem);
  }
}

export function sendProblem(reply: FastifyReply, problem: HttpProblem): void {
  const { request } = reply;
  request.problem = problem;
  void reply
    .code(problem.status)
    .headers(problem.headers)
    .header('content-type', 'application/problem+json')
    .send(
      JSON.stringify({
        ...problem.body,
        instance: request.url.split('?', 1)[0],
        requestId: request.id,
      }),
    );
}

export function toProblem(error: unknown, request: FastifyRequest, routes: RouteList): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof TokenRefusedError) {
    return new HttpProblem('unauthenticated', error.message, { cause: error });
  }
  if (error instanceof KeysUnavailableError) {
    return HttpProblem.unavailable(error.message, { cause: error.cause });
  }
  if (error instanceof DatabaseError) return ofDatabase(error);
  // Controllers throw HttpProblem, so this one is the router's.
  if (error instanceof NotFoundException) return ofRouter(request, routes);
  // Nest wraps what Fastify raises.
  return ofFastify(error instanceof HttpException && error.cause ? error.cause : error);
}

const whyNotNow: Readonly<Partial<Record<FailureKind, string>>> = {
  conflict: 'is held by others now',
  busy: 'is too busy now',
  timeout: 'took too long',
  full: 'has no room now',
};

function ofDatabase(error: DatabaseError): HttpProblem {
  if (!error.retryable) return internal(error);
  const why = whyNotNow[error.kind] ?? 'cannot be reached now';
  return HttpProblem.unavailable(`the database of this datacenter ${why}`, { cause: error });
}

function ofRouter(request: FastifyRequest, routes: RouteList): HttpProblem {
  const methods = routes.methodsOf(request.url.split('?', 1)[0] ?? '/');
  if (methods.length === 0) return new HttpProblem('not-found', 'there is nothing at this path');
  const allowed = methods.join(', ');
  return new HttpProblem('method-not-allowed', `this path takes ${allowed}`, {
    headers: { allow: allowed },
  });
}

function ofFastify(error: unknown): HttpProblem {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new HttpProblem('unsupported-media-type', 'the body must be application/json');
    default:
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    const detail = error instanceof Error ? error.message : 'the request is not valid';
    return new HttpProblem('invalid-request', detail);
  }
  return internal(error);
}

function internal(cause: unknown): HttpProblem {
  return new HttpProblem('internal', 'something went wrong here; the log knows more', { cause });
}
