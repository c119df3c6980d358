import {
  billingErrorReasons,
  encodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  type BillingErrorReason,
} from '@billing/contracts';
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { findProblemKind, toCoordinatorProblem, toReasonProblem } from './coordinator-problem.js';

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
  TENANT_MISSING: 403,
  INVALID_REQUEST: 400,
  IDEMPOTENCY_CONFLICT: 422,
  IN_PROGRESS: 409,
  ACCOUNT_NOT_FOUND: 404,
  ACCOUNT_DELETED: 409,
  ACCOUNT_FROZEN: 409,
  ACCOUNT_NOT_EMPTY: 409,
  CURRENCY_MISMATCH: 422,
  INSUFFICIENT_LOCAL_FUNDS: 422,
  INSUFFICIENT_FUNDS: 422,
  INSUFFICIENT_REACHABLE_FUNDS: 503,
  CONTENDED: 409,
  PAY_OUT_NOT_FOUND: 404,
  SERVICE_NOT_FOUND: 404,
  SERVICE_RETIRED: 409,
  SERVICE_EXISTS: 409,
  HOLD_NOT_FOUND: 404,
  HOLD_VOIDED: 409,
  HOLD_OVER: 409,
  HOLD_EXCEEDED: 422,
  DEAD_LETTER_NOT_FOUND: 404,
  DEAD_LETTER_RESOLVED: 409,
  REFUND_EXCEEDED: 422,
  BALANCE_LIMIT: 422,
  HOME_UNREACHABLE: 503,
  NODE_UNREACHABLE: 503,
  COPY_UNDER_WAY: 503,
  DATABASE_UNAVAILABLE: 503,
  KEYS_UNAVAILABLE: 503,
  OVERLOADED: 503,
  RATE_EXCEEDED: 429,
  DEADLINE_EXCEEDED: 504,
  OUTCOME_UNKNOWN: 503,
  INTERNAL: 500,
};

describe('what the coordinator says', () => {
  test.each(billingErrorReasons)('%s has its HTTP status', (reason) => {
    const problem = toCoordinatorProblem(refusal(status.INTERNAL, reason));
    expect(problem.status).toBe(statusOfReason[reason]);
    // Each 401 says how a token is given.
    if (problem.status === 401) expect(problem.headers).toEqual({ 'www-authenticate': 'Bearer' });
  });

  test.each([
    ['initial_balance', 'initialBalance'],
    ['idempotency_key', 'Idempotency-Key'],
    ['metadata_json', 'metadata'],
    ['pay_in.command_id', 'payIn.commandId'],
  ])('names the field %s as HTTP does: %s', (field, name) => {
    const facts = { field, detail: 'must be above zero' };
    expect(
      toCoordinatorProblem(refusal(status.INVALID_ARGUMENT, 'INVALID_REQUEST', facts)).facts,
    ).toEqual({ errors: [{ field: name, message: 'must be above zero' }] });
  });

  test('keeps its facts as members, named as HTTP does', () => {
    const metadata = {
      pay_out_id: 'x',
      account_currency: 'EUR',
      node_id: '2',
      unreachable_nodes: '2,13',
      available: '1.00',
      retryable: 'true',
    };
    const problem = toReasonProblem({ code: 9, message: 'm', reason: 'CONTENDED', metadata });
    expect(problem?.facts.members).toEqual({
      payOutId: 'x',
      accountCurrency: 'EUR',
      node: 2,
      unreachableNodes: [2, 13],
      available: '1.00',
    });
  });

  test('of a scope is said as this gateway says it of its own', () => {
    const metadata = { scope: 'accounts:fund' };
    const problem = toReasonProblem({ code: 7, message: 'm', reason: 'SCOPE_MISSING', metadata });
    expect(problem).toMatchObject({
      kind: 'missing-scope',
      detail: 'the token lacks the scope accounts:fund',
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="accounts:fund"' },
    });
    expect(problem?.body).toMatchObject({ scope: 'accounts:fund' });
  });

  test.each(['NEWER_THAN_THIS', 'toString', ''])('%j is no reason known here', (reason) => {
    expect(toReasonProblem({ code: 9, message: 'm', reason, metadata: {} })).toBeUndefined();
    expect(findProblemKind(reason)).toBeUndefined();
  });

  test('says of a call that reads nothing about what it may have done', () => {
    for (const code of [status.UNAVAILABLE, status.DEADLINE_EXCEEDED]) {
      expect(toCoordinatorProblem(refusal(code), 'read').detail).not.toMatch(/done/);
      expect(toCoordinatorProblem(refusal(code), 'write').detail).toMatch(/done/);
    }
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
