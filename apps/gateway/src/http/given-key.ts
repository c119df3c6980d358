import { isIdempotencyKey } from '@billing/contracts';
import type { FastifyReply } from 'fastify';
import { randomUUID } from 'node:crypto';
import { HttpProblem } from './http-problem.js';

/** The client's key, or one that is made up; on errors too: who sent none can try again under the one it got. */
export function readIdempotencyKey(given: string | undefined, reply: FastifyReply): string {
  const idempotencyKey = given ?? randomUUID();
  if (!isIdempotencyKey(idempotencyKey)) {
    throw HttpProblem.ofField('Idempotency-Key', 'must be 1 to 255 printable ASCII characters');
  }
  reply.header('idempotency-key', idempotencyKey);
  return idempotencyKey;
}
