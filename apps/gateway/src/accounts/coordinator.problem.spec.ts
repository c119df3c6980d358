import {
  billingErrorReasons,
  encodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  type BillingErrorReason,
} from '@billing/contracts';
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { toCoordinatorProblem } from './coordinator.problem.js';

function refusal(
  code: status,
  reason?: BillingErrorReason,
  facts: Record<string, string> = {},
): ServiceError {
  const metadata = new Metadata();
  if (reason !== undefined) {
    const details = { code, message: 'said so', reason, metadata: facts };
    metadata.set(ERROR_DETAILS_TRAILER, encodeErrorDetails(details));
  }
  return Object.assign(new Error('said so'), { code, details: 'said so', metadata });
}

const statusOfReason: Readonly<Record<BillingErrorReason, number>> = {
  UNAUTHENTICATED: 401,
  SCOPE_MISSING: 403,
  INVALID_REQUEST: 400,
  IDEMPOTENCY_CONFLICT: 422,
  ACCOUNT_NOT_FOUND: 404,
  NODE_UNREACHABLE: 503,
  DATABASE_UNAVAILABLE: 503,
  KEYS_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
  INTERNAL: 500,
};

describe('what the coordinator says', () => {
  test.each(billingErrorReasons)('%s has its HTTP status', (reason) => {
    const problem = toCoordinatorProblem(refusal(status.INTERNAL, reason));
    expect(problem.status).toBe(statusOfReason[reason]);
  });

  test('names fields as HTTP does', () => {
    const facts = { field: 'initial_balance', detail: 'must be above zero' };
    expect(
      toCoordinatorProblem(refusal(status.INVALID_ARGUMENT, 'INVALID_REQUEST', facts)).facts,
    ).toEqual({ errors: [{ field: 'initialBalance', message: 'must be above zero' }] });
  });

  test.each([
    [status.UNAVAILABLE, 503],
    [status.DEADLINE_EXCEEDED, 504],
    [status.CANCELLED, 504],
    [status.UNIMPLEMENTED, 500],
    [status.UNKNOWN, 500],
  ])('gRPC code %i without a reason is %i', (code, http) => {
    const problem = toCoordinatorProblem(refusal(code));
    expect(problem.status).toBe(http);
    expect(problem.headers['retry-after']).toBe(http === 500 ? undefined : '1');
  });
});
