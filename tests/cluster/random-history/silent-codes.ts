import { status } from '@grpc/grpc-js';

/** Of a unary call: nothing is known yet, and it is asked again. */
export const silentCodes: readonly string[] = [
  status[status.UNAVAILABLE],
  status[status.DEADLINE_EXCEEDED],
  status[status.CANCELLED],
  status[status.ABORTED],
  status[status.RESOURCE_EXHAUSTED],
];
