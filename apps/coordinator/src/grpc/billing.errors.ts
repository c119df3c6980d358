import { Metadata, status } from '@grpc/grpc-js';
import {
  encodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  type BillingErrorDetails,
  type BillingErrorReason,
} from '@billing/contracts';

const codes: Readonly<Record<BillingErrorReason, status>> = {
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  SCOPE_MISSING: status.PERMISSION_DENIED,
  TENANT_MISSING: status.PERMISSION_DENIED,
  INVALID_REQUEST: status.INVALID_ARGUMENT,
  IDEMPOTENCY_CONFLICT: status.FAILED_PRECONDITION,
  IN_PROGRESS: status.ABORTED,
  ACCOUNT_NOT_FOUND: status.NOT_FOUND,
  ACCOUNT_DELETED: status.FAILED_PRECONDITION,
  ACCOUNT_FROZEN: status.FAILED_PRECONDITION,
  ACCOUNT_NOT_EMPTY: status.FAILED_PRECONDITION,
  CURRENCY_MISMATCH: status.FAILED_PRECONDITION,
  INSUFFICIENT_LOCAL_FUNDS: status.FAILED_PRECONDITION,
  INSUFFICIENT_FUNDS: status.FAILED_PRECONDITION,
  INSUFFICIENT_REACHABLE_FUNDS: status.UNAVAILABLE,
  CONTENDED: status.ABORTED,
  PAY_OUT_NOT_FOUND: status.NOT_FOUND,
  SERVICE_NOT_FOUND: status.NOT_FOUND,
  SERVICE_RETIRED: status.FAILED_PRECONDITION,
  SERVICE_EXISTS: status.FAILED_PRECONDITION,
  HOLD_NOT_FOUND: status.NOT_FOUND,
  HOLD_VOIDED: status.FAILED_PRECONDITION,
  HOLD_OVER: status.FAILED_PRECONDITION,
  HOLD_EXCEEDED: status.FAILED_PRECONDITION,
  DEAD_LETTER_NOT_FOUND: status.NOT_FOUND,
  DEAD_LETTER_RESOLVED: status.ABORTED,
  REFUND_EXCEEDED: status.FAILED_PRECONDITION,
  BALANCE_LIMIT: status.FAILED_PRECONDITION,
  HOME_UNREACHABLE: status.UNAVAILABLE,
  NODE_UNREACHABLE: status.UNAVAILABLE,
  COPY_UNDER_WAY: status.UNAVAILABLE,
  DATABASE_UNAVAILABLE: status.UNAVAILABLE,
  KEYS_UNAVAILABLE: status.UNAVAILABLE,
  OVERLOADED: status.RESOURCE_EXHAUSTED,
  RATE_EXCEEDED: status.RESOURCE_EXHAUSTED,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  OUTCOME_UNKNOWN: status.UNAVAILABLE,
  INTERNAL: status.INTERNAL,
};

const retryable: ReadonlySet<BillingErrorReason> = new Set([
  'IN_PROGRESS',
  'INSUFFICIENT_REACHABLE_FUNDS',
  'CONTENDED',
  'OVERLOADED',
  'RATE_EXCEEDED',
  'OUTCOME_UNKNOWN',
  'HOME_UNREACHABLE',
  'NODE_UNREACHABLE',
  'COPY_UNDER_WAY',
  'DATABASE_UNAVAILABLE',
  'KEYS_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
]);

/** A call that is refused, in the words of billing.proto. */
export class BillingError extends Error {
  readonly retryable: boolean;

  constructor(
    readonly code: BillingErrorReason,
    message: string,
    readonly facts: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'BillingError';
    this.retryable = retryable.has(code);
  }
}

/** What a caller reads in the trailer, or in the place of an answer of a stream. */
export function toErrorDetails(error: BillingError): BillingErrorDetails {
  return {
    code: codes[error.code],
    message: error.message,
    reason: error.code,
    metadata: error.retryable ? { ...error.facts, retryable: 'true' } : error.facts,
  };
}

/** What gRPC wants to hear: status code, text and the trailer with details. */
export function toServiceError(error: BillingError): {
  code: status;
  details: string;
  metadata: Metadata;
} {
  const metadata = new Metadata();
  metadata.set(ERROR_DETAILS_TRAILER, encodeErrorDetails(toErrorDetails(error)));
  return { code: codes[error.code], details: error.message, metadata };
}

/** The request is refused for one of its fields. */
export function invalidRequest(field: string, detail: string): BillingError {
  return new BillingError('INVALID_REQUEST', `${field}: ${detail}`, { field, detail });
}
