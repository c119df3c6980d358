import {
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  OPERATIONS_PROTO_FILE,
  type BillingDefinitions,
} from '@billing/contracts';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** Reads the protos: classes of clients, and the definitions that a server wants (`Billing.service`). */
export function loadBilling(): BillingDefinitions {
  const files = [BILLING_PROTO_FILE, OPERATIONS_PROTO_FILE];
  const loaded: unknown = loadPackageDefinition(loadSync(files, BILLING_PROTO_OPTIONS));
  return (loaded as { billing: { v1: BillingDefinitions } }).billing.v1;
}
