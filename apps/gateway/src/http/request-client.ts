import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { soleTenant, type Client } from '@billing/auth';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from './http-problem.js';

/** Whom the token of a request names: of every route but public ones. */
export const RequestClient = createParamDecorator(
  (_: unknown, context: ExecutionContext): Client => {
    const { client } = context.switchToHttp().getRequest<FastifyRequest>();
    if (client === undefined) throw new TypeError('a public route has no client');
    return client;
  },
);

/** Whose key or message it is. @throws HttpProblem 403 where the token is not of one tenant */
export function tenantOf(client: Client): string {
  const tenant = soleTenant(client);
  if (tenant !== undefined) return tenant;
  throw new HttpProblem('missing-tenant', 'this call wants the token of a single tenant');
}
