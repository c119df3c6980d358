import protobuf from 'protobufjs/light.js';
import { errorModel } from './generated/error-model.js';
import type { ErrorInfo } from './generated/google/rpc/ErrorInfo.js';
import type { Status } from './generated/google/rpc/Status.js';

/** Why a call of billing.v1 was refused; the table in billing.proto says with which code and facts. */
export const billingErrorReasons = [
  'UNAUTHENTICATED',
  'SCOPE_MISSING',
  'TENANT_MISSING',
  'INVALID_REQUEST',
  'IDEMPOTENCY_CONFLICT',
  'IN_PROGRESS',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_DELETED',
  'ACCOUNT_FROZEN',
  'ACCOUNT_NOT_EMPTY',
  'CURRENCY_MISMATCH',
  'INSUFFICIENT_LOCAL_FUNDS',
  'INSUFFICIENT_FUNDS',
  'INSUFFICIENT_REACHABLE_FUNDS',
  'CONTENDED',
  'PAY_OUT_NOT_FOUND',
  'SERVICE_NOT_FOUND',
  'SERVICE_RETIRED',
  'SERVICE_EXISTS',
  'HOLD_NOT_FOUND',
  'HOLD_VOIDED',
  'HOLD_OVER',
  'HOLD_EXCEEDED',
  'DEAD_LETTER_NOT_FOUND',
  'DEAD_LETTER_RESOLVED',
  'REFUND_EXCEEDED',
  'BALANCE_LIMIT',
  'HOME_UNREACHABLE',
  'NODE_UNREACHABLE',
  'COPY_UNDER_WAY',
  'DATABASE_UNAVAILABLE',
  'KEYS_UNAVAILABLE',
  'OVERLOADED',
  'RATE_EXCEEDED',
  'DEADLINE_EXCEEDED',
  'OUTCOME_UNKNOWN',
  'INTERNAL',
] as const;
export type BillingErrorReason = (typeof billingErrorReasons)[number];

/** What the trailer `grpc-status-details-bin` of a refused call says. */
export interface BillingErrorDetails {
  /** gRPC status code. */
  readonly code: number;
  readonly message: string;
  /** A newer coordinator may know more reasons than this list. */
  readonly reason: BillingErrorReason | (string & {});
  readonly metadata: Readonly<Record<string, string>>;
}

export const ERROR_DETAILS_TRAILER = 'grpc-status-details-bin';
export const ERROR_DOMAIN = 'billing.v1';
const ERROR_INFO_TYPE = 'type.googleapis.com/google.rpc.ErrorInfo';

const types = protobuf.Root.fromJSON(errorModel);
const statusType = types.lookupType('google.rpc.Status');
const errorInfoType = types.lookupType('google.rpc.ErrorInfo');

/** A google.rpc.Status with one ErrorInfo, as bytes of the trailer. */
export function encodeErrorDetails(details: BillingErrorDetails): Buffer {
  return encode(statusType, toStatusMessage(details));
}

/** The same as the message that a stream puts in the place of an answer. */
export function toStatusMessage(details: BillingErrorDetails): Status {
  const { code, message, reason, metadata } = details;
  const info: ErrorInfo = { reason, domain: ERROR_DOMAIN, metadata: { ...metadata } };
  return {
    code,
    message,
    details: [{ type_url: ERROR_INFO_TYPE, value: encode(errorInfoType, info) }],
  };
}

/** Reads the trailer; undefined when the bytes are not such a status of this service. */
export function decodeErrorDetails(bytes: Uint8Array): BillingErrorDetails | undefined {
  try {
    return readStatusMessage(decode<Status>(statusType, bytes));
  } catch {
    // Bytes of somebody else: no details.
    return undefined;
  }
}

/** Reads an answer of a stream; undefined when it carries no error of this service. */
export function readStatusMessage(status: Status): BillingErrorDetails | undefined {
  for (const { type_url: typeUrl, value } of status.details) {
    if (typeUrl !== ERROR_INFO_TYPE) continue;
    const { reason, domain, metadata } = decode<ErrorInfo>(errorInfoType, value);
    if (domain !== ERROR_DOMAIN) continue;
    return { code: status.code, message: status.message, reason, metadata };
  }
  return undefined;
}

function encode(type: protobuf.Type, message: object): Buffer {
  return Buffer.from(type.encode(message).finish());
}

function decode<T extends object>(type: protobuf.Type, bytes: Uint8Array): T {
  return type.toObject(type.decode(bytes), { defaults: true }) as T;
}
