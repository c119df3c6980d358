import type { PayInMessage } from '@billing/contracts';
import { NdjsonBody } from '../http/body.parsers.js';
import { readJson } from '../http/json.text.js';
import { HttpProblem } from '../http/problem.js';
import type { AcceptedPayIn } from './pay-in.publisher.js';
import { readPayIn } from './pay-in.request.js';

export const BULK_ITEMS_MAX = 10_000;

export interface RefusedPayIn {
  /** `rejected`: as it is, it will never be taken; `unavailable`: send it again with its commandId. */
  readonly status: 'rejected' | 'unavailable';
  readonly commandId?: string;
  readonly error: Record<string, unknown>;
}

/** Of the item at the same place in the request. */
export type BulkResult = { readonly index: number } & (AcceptedPayIn | RefusedPayIn);

export interface BulkAnswer {
  readonly accepted: number;
  readonly rejected: number;
  readonly unavailable: number;
  readonly results: readonly BulkResult[];
}

/**
 * Starts what can be started of a bulk body; none of the results rejects.
 * @throws HttpProblem when the body is no list of items at all
 */
export function readBulk(
  body: unknown,
  publish: (message: PayInMessage) => Promise<AcceptedPayIn>,
): Promise<BulkResult>[] {
  const count = body instanceof NdjsonBody ? body.lines.length : countItems(body);
  if (count === 0) throw new HttpProblem('invalid-request', 'the body has no pay-in');
  if (count > BULK_ITEMS_MAX) {
    throw new HttpProblem(
      'body-too-large',
      `the body has ${count} pay-ins, at most ${BULK_ITEMS_MAX} are taken at once`,
    );
  }
  const items = body instanceof NdjsonBody ? body.lines.map(parseLine) : (body as unknown[]);
  return items.map(async (item, index) => ({ index, ...(await take(item, publish)) }));
}

/** @throws HttpProblem 503 with all results when the broker took none of the good items */
export function summarize(results: readonly BulkResult[]): BulkAnswer {
  const count = (status: BulkResult['status']): number =>
    results.filter((result) => result.status === status).length;
  const answer = {
    accepted: count('accepted'),
    rejected: count('rejected'),
    unavailable: count('unavailable'),
    results,
  };
  if (answer.accepted === 0 && answer.unavailable > 0) {
    throw HttpProblem.unavailable(
      'no pay-in was confirmed: send those marked unavailable again, each with its commandId',
      { members: { ...answer } },
    );
  }
  return answer;
}

async function take(
  item: unknown,
  publish: (message: PayInMessage) => Promise<AcceptedPayIn>,
): Promise<AcceptedPayIn | RefusedPayIn> {
  if (item instanceof HttpProblem) return refuse('rejected', item);
  const message = readPayIn(item);
  if (Array.isArray(message)) return refuse('rejected', HttpProblem.ofFields(message));
  try {
    return await publish(message);
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return refuse('unavailable', error, message.commandId);
  }
}

function refuse(
  status: RefusedPayIn['status'],
  problem: HttpProblem,
  commandId?: string,
): RefusedPayIn {
  const { commandId: _sameAsBeside, ...error } = problem.body;
  return { status, ...(commandId !== undefined && { commandId }), error };
}

/** Its value, or what is wrong with it. */
function parseLine(line: string): unknown {
  try {
    return readJson(line, 'the line');
  } catch (error) {
    if (error instanceof HttpProblem) return error;
    throw error;
  }
}

function countItems(body: unknown): number {
  if (Array.isArray(body)) return body.length;
  throw new HttpProblem(
    'invalid-request',
    'the body must be a JSON array, or application/x-ndjson with a pay-in on each line',
  );
}
