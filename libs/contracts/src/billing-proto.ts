import { fileURLToPath } from 'node:url';
import type { ProtoGrpcType as BillingProto } from './generated/billing.js';
import type { BillingHandlers } from './generated/billing/v1/Billing.js';
import type { OperationsHandlers } from './generated/billing/v1/Operations.js';
import type { ProtoGrpcType as OperationsProto } from './generated/operations.js';

/** What the protos define, by name, once they are loaded with the options below. */
export type BillingDefinitions = BillingProto['billing']['v1'] & OperationsProto['billing']['v1'];

/** The rpcs alone: gRPC's own type of handlers lets any name pass beside them. */
export type Rpcs<Handlers> = {
  [
    Name in keyof Handlers as string extends Name ? never : number extends Name ? never : Name
  ]: Handlers[Name];
};

/** Every rpc of both services: a table that is keyed by it does not compile without a row for each. */
export type RpcName = keyof Rpcs<BillingHandlers> | keyof Rpcs<OperationsHandlers>;

export const BILLING_PACKAGE = 'billing.v1';
export const BILLING_SERVICE = 'Billing' satisfies keyof BillingDefinitions;
export const OPERATIONS_SERVICE = 'Operations' satisfies keyof BillingDefinitions;

/** The folder that the proto's imports are relative to. */
export const PROTO_FOLDER = fileURLToPath(new URL('../proto', import.meta.url));

/** Found from the sources (tests) and from dist (run time) alike: both lie beside `proto/`. */
export const BILLING_PROTO_FILE = fileURLToPath(
  new URL('../proto/billing/v1/billing.proto', import.meta.url),
);

export const OPERATIONS_PROTO_FILE = fileURLToPath(
  new URL('../proto/billing/v1/operations.proto', import.meta.url),
);

/** Options of @grpc/proto-loader that make messages look like the generated types. */
export const BILLING_PROTO_OPTIONS = {
  keepCase: false,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [PROTO_FOLDER],
};

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
