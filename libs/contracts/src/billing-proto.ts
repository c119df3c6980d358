import { fileURLToPath } from 'node:url';

export const BILLING_PACKAGE = 'billing.v1';
export const BILLING_SERVICE = 'Billing';

/** The folder that the proto's imports are relative to. */
export const PROTO_FOLDER = fileURLToPath(new URL('../proto', import.meta.url));

/** Found from the sources (tests) and from dist (run time) alike: both lie beside `proto/`. */
export const BILLING_PROTO_FILE = fileURLToPath(
  new URL('../proto/billing/v1/billing.proto', import.meta.url),
);

/** Options of @grpc/proto-loader that make messages look like the types below. */
export const BILLING_PROTO_OPTIONS = {
  keepCase: false,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [PROTO_FOLDER],
};

export interface OpenAccountRequest {
  username: string;
  /** Empty: USD. */
  currency: string;
  /** Decimal string; empty: none. */
  initialBalance: string;
  idempotencyKey: string;
}

export interface OpenAccountResponse {
  accountId: string;
  replayed: boolean;
}

export interface DeleteAccountRequest {
  accountId: string;
  force: boolean;
  /** Empty: none. */
  reason: string;
}

export interface DeleteAccountResponse {
  alreadyDeleted: boolean;
}

export interface ServiceMessage {
  id: string;
  name: string;
  price: string;
  currency: string;
}

export interface ListServicesResponse {
  services: ServiceMessage[];
}

export type Drain = 'DRAIN_UNSPECIFIED' | 'DRAIN_ANY' | 'DRAIN_LOCAL_ONLY';

export interface PayOutRequest {
  accountId: string;
  amount: string;
  currency: string;
  /** Empty: none. */
  reference: string;
  /** Empty: none. */
  metadataJson: string;
  idempotencyKey: string;
  drain: Drain;
  /** 0: the coordinator's default. */
  deadlineMs: number;
}

export type PayOutStatus =
  | 'PAY_OUT_STATUS_UNSPECIFIED'
  | 'PAY_OUT_STATUS_PENDING'
  | 'PAY_OUT_STATUS_COMMITTED'
  | 'PAY_OUT_STATUS_REJECTED';

export interface PayOutPart {
  nodeId: number;
  amount: string;
}

export interface PayOut {
  payOutId: string;
  accountId: string;
  amount: string;
  currency: string;
  status: PayOutStatus;
  parts: PayOutPart[];
  reference: string;
  createdAt: string;
  decidedAt: string;
  rejection: string;
  /** Empty: none. */
  metadataJson: string;
}

export interface PayOutResponse {
  payOut: PayOut;
  replayed: boolean;
}

export interface PayOutsRequest {
  sequence: number;
  request: PayOutRequest;
  authorization: string;
}

/** google.rpc.Status as proto-loader shows it; see `toStatusMessage` and `readStatusMessage`. */
export interface StatusMessage {
  code: number;
  message: string;
  /** google.protobuf.Any, whose names protobufjs keeps as they are whatever `keepCase` says. */
  details: { type_url: string; value: Uint8Array }[];
}

export interface PayOutsResponse {
  sequence: number;
  result?: 'response' | 'error';
  response?: PayOutResponse | null;
  error?: StatusMessage | null;
}

export interface GetPayOutRequest {
  payOutId: string;
}

export interface GetPayOutResponse {
  payOut: PayOut;
}

export interface PreviewPayOutRequest {
  accountId: string;
  amount: string;
  currency: string;
  drain: Drain;
}

export interface PreviewPayOutResponse {
  covered: boolean;
  parts: PayOutPart[];
  spendable: string;
  stranded: string;
  unreachableNodes: number[];
}

export const DEFAULT_CURRENCY = 'USD';
export const USERNAME_LENGTH_MAX = 200;
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

const printableAscii = /^[\x20-\x7e]+$/;

/** 1 to 255 printable ASCII characters. */
export function isIdempotencyKey(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= IDEMPOTENCY_KEY_LENGTH_MAX &&
    printableAscii.test(value)
  );
}
