import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FieldViolation, PayInMessage } from '@billing/contracts';
import type { BulkItems } from '../http/item-splitter.js';
import { HttpProblem } from '../http/http-problem.js';
import type { AcceptedPayIn } from './pay-in-publisher.js';
import { readPayIn } from './pay-in.request.js';

export const BULK_ITEMS_MAX = 10_000;
const SLICE_ITEMS = 500;

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

type Publish = (message: PayInMessage) => Promise<AcceptedPayIn>;

/** What a bulk body is made of: its items are checked while the rest of it is still on its way. */
export const payInItems: BulkItems<PayInMessage> = { itemsMax: BULK_ITEMS_MAX, read: readPayIn };

/** Starts a slice in each turn of the event loop; none of the results rejects. @param read what payInItems made */
export async function publishBulk(
  read: readonly unknown[],
  publish: Publish,
): Promise<BulkResult[]> {
  const items = read as readonly (PayInMessage | FieldViolation[])[];
  const slices: Promise<BulkResult[]>[] = [];
  for (let start = 0; start < items.length; start += SLICE_ITEMS) {
    const slice = items.slice(start, start + SLICE_ITEMS).map(async (item, at) => ({
      index: start + at,
      ...(await take(item, publish)),
    }));
    const results = Promise.all(slice);
    slices.push(results);
    // An error of our own is thrown below; until then it is not one that nobody hears of.
    results.catch(() => undefined);
    await nextTurn();
  }
  return (await Promise.all(slices)).flat();
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
  message: PayInMessage | FieldViolation[],
  publish: Publish,
): Promise<AcceptedPayIn | RefusedPayIn> {
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
