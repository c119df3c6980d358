import { parsePosition, POSITION_RULE } from '@billing/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './http-problem.js';
import type { ArrivalWaits } from './arrival-waits.js';

const FIELD = 'Billing-After';

/**
 * Of a request that names one: until what it names has arrived here, or says that it has not. Of others nothing is
 * waited for.
 * @throws HttpProblem, DatabaseError
 */
export function awaitPosition(
  request: FastifyRequest,
  reply: FastifyReply,
  arrivals: Pick<ArrivalWaits, 'wait'>,
): Promise<void> | undefined {
  const text = request.headers['billing-after'];
  return text === undefined ? undefined : awaitElements(text.toString(), reply, arrivals);
}

async function awaitElements(
  text: string,
  reply: FastifyReply,
  arrivals: Pick<ArrivalWaits, 'wait'>,
): Promise<void> {
  const elements = parsePosition(text);
  if (elements === undefined) throw HttpProblem.ofField(FIELD, POSITION_RULE);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const staleMs = await arrivals.wait(elements, gone.signal);
  if (staleMs !== undefined) reply.header('billing-stale', staleMs.toString());
}

/** Where what was changed has arrived, it is read. @param position empty: not known */
export function tellPosition(reply: FastifyReply, position: string): void {
  if (position !== '') reply.header('billing-position', position);
}
