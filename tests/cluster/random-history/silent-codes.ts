import { status } from '@grpc/grpc-js';

/** Of a unary call: nothing is known yet, and it is asked again. */
export const silentCodes: readonly string[] = [
  status[status.UNAVAILABLE],
  status[status.DEADLINE_EXCEEDED],
  status[status.CANCELLED],
  status[status.ABORTED],
  status[status.RESOURCE_EXHAUSTED],
];

/** Of a deletion: nobody has answered. */
export const silentToDeletions: readonly number[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
];

/** Of a pay-out or hold: it cannot be answered yet, and is asked again. */
export const passingReasons = new Set([
  'CONTENDED',
  'INSUFFICIENT_REACHABLE_FUNDS',
  'DEADLINE_EXCEEDED',
  'IN_PROGRESS',
  'OVERLOADED',
  'OUTCOME_UNKNOWN',
  'HOME_UNREACHABLE',
  'DATABASE_UNAVAILABLE',
]);
