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
