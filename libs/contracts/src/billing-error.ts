import protobuf from 'protobufjs/minimal.js';
import type { StatusMessage } from './billing-proto.js';

/** Why a call of billing.v1 was refused; the table in billing.proto says with which code and facts. */
export const billingErrorReasons = [
  'UNAUTHENTICATED',
  'SCOPE_MISSING',
  'INVALID_REQUEST',
  'IDEMPOTENCY_CONFLICT',
  'IN_PROGRESS',
  'ACCOUNT_NOT_FOUND',
  'ACCOUNT_DELETED',
  'ACCOUNT_NOT_EMPTY',
  'CURRENCY_MISMATCH',
  'INSUFFICIENT_LOCAL_FUNDS',
  'INSUFFICIENT_FUNDS',
  'INSUFFICIENT_REACHABLE_FUNDS',
  'CONTENDED',
  'PAY_OUT_NOT_FOUND',
  'DEAD_LETTER_NOT_FOUND',
  'DEAD_LETTER_RESOLVED',
  'BALANCE_LIMIT',
  'NODE_UNREACHABLE',
  'COPY_UNDER_WAY',
  'DATABASE_UNAVAILABLE',
  'KEYS_UNAVAILABLE',
  'OVERLOADED',
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

// Field tags of google/rpc/status.proto, error_details.proto and google.protobuf.Any.
const bytesTag = (field: number): number => (field << 3) | 2;
const varintTag = (field: number): number => field << 3;

/** A google.rpc.Status with one ErrorInfo, as bytes of the trailer. */
export function encodeErrorDetails(details: BillingErrorDetails): Buffer {
  const status = protobuf.Writer.create();
  status.uint32(varintTag(1)).int32(details.code).uint32(bytesTag(2)).string(details.message);
  const any = status.uint32(bytesTag(3)).fork();
  any.uint32(bytesTag(1)).string(ERROR_INFO_TYPE).uint32(bytesTag(2)).bytes(encodeInfo(details));
  any.ldelim();
  return Buffer.from(status.finish());
}

/** The same as the message that a stream puts in the place of an answer. */
export function toStatusMessage(details: BillingErrorDetails): StatusMessage {
  const { code, message } = details;
  return { code, message, details: [{ type_url: ERROR_INFO_TYPE, value: encodeInfo(details) }] };
}

/** Reads the trailer; undefined when the bytes are not such a status of this service. */
export function decodeErrorDetails(bytes: Uint8Array): BillingErrorDetails | undefined {
  try {
    const status = readFields(bytes);
    return readStatusMessage({
      code: status.number(1),
      message: status.text(2),
      details: status.bytes(3).map((any) => {
        const detail = readFields(any);
        return { type_url: detail.text(1), value: detail.bytes(2)[0] ?? new Uint8Array() };
      }),
    });
  } catch {
    // Bytes of somebody else: no details.
    return undefined;
  }
}

/** Reads an answer of a stream; undefined when it carries no error of this service. */
export function readStatusMessage(status: StatusMessage): BillingErrorDetails | undefined {
  for (const { type_url: typeUrl, value } of status.details) {
    if (typeUrl !== ERROR_INFO_TYPE) continue;
    const info = readFields(value);
    if (info.text(2) !== ERROR_DOMAIN) continue;
    const metadata = info.bytes(3).map((entry) => {
      const pair = readFields(entry);
      return [pair.text(1), pair.text(2)] as const;
    });
    return {
      code: status.code,
      message: status.message,
      reason: info.text(1),
      metadata: Object.fromEntries(metadata),
    };
  }
  return undefined;
}

function encodeInfo(details: BillingErrorDetails): Uint8Array {
  const info = protobuf.Writer.create();
  info.uint32(bytesTag(1)).string(details.reason).uint32(bytesTag(2)).string(ERROR_DOMAIN);
  for (const [key, value] of Object.entries(details.metadata)) {
    const entry = info.uint32(bytesTag(3)).fork();
    entry.uint32(bytesTag(1)).string(key).uint32(bytesTag(2)).string(value).ldelim();
  }
  return info.finish();
}

interface Fields {
  bytes(field: number): Uint8Array[];
  text(field: number): string;
  number(field: number): number;
}

function readFields(bytes: Uint8Array): Fields {
  const chunks = new Map<number, Uint8Array[]>();
  const numbers = new Map<number, number>();
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    if ((tag & 7) === 2) chunks.set(field, [...(chunks.get(field) ?? []), reader.bytes()]);
    else if ((tag & 7) === 0) numbers.set(field, reader.int32());
    else reader.skipType(tag & 7);
  }
  return {
    bytes: (field) => chunks.get(field) ?? [],
    text: (field) => Buffer.from(chunks.get(field)?.at(-1) ?? []).toString('utf8'),
    number: (field) => numbers.get(field) ?? 0,
  };
}
