import { parseDigits, stringifyJson } from '@billing/contracts';
import type { FastifyReply } from 'fastify';

/**
 * What a controller returns: the answer, and with it metadata whose digits a double may not hold, which
 * JSON.stringify would round.
 * @param metadata a JSON object as text; empty or undefined: none
 */
export function withMetadata(
  answer: object,
  metadata: string | undefined,
  reply: FastifyReply,
): object | string {
  if (metadata === undefined || metadata === '') return answer;
  return answerLossless(addMetadata(answer, metadata), reply);
}

/** The same of an answer with metadata anywhere in it, as `parseDigits` reads it. */
export function answerLossless(answer: object, reply: FastifyReply): string {
  reply.header('content-type', 'application/json; charset=utf-8');
  return stringifyJson(answer);
}

/** For `stringifyJson`, as part of something larger. */
export function addMetadata(answer: object, metadata: string): object {
  return metadata === '' ? answer : { ...answer, metadata: parseDigits(metadata) };
}
