import type { BillingClient, OperationsClient } from '@billing/contracts';
import {
  credentials,
  type CallOptions,
  type ClientOptions,
  type Metadata,
  type requestCallback,
} from '@grpc/grpc-js';
import { loadBilling } from './billing-definitions.js';

/** A coordinator's two services over one connection. */
export interface BillingConnection {
  readonly billing: BillingClient;
  readonly operations: OperationsClient;
  close(): void;
}

/** Nothing is connected before the first call. */
export function connectBilling(address: string, options: ClientOptions = {}): BillingConnection {
  const { Billing, Operations } = loadBilling();
  const insecure = credentials.createInsecure();
  const billing = new Billing(address, insecure, options);
  const channelOverride = billing.getChannel();
  const operations = new Operations(address, insecure, { ...options, channelOverride });
  return { billing, operations, close: () => billing.close() };
}

/** A method of a client with its request given: the rest is how it is called. */
export type PreparedCall<Response> = (
  metadata: Metadata,
  options: CallOptions,
  callback: requestCallback<Response>,
) => unknown;

/** @throws ServiceError */
export function callUnary<Response>(
  call: PreparedCall<Response>,
  metadata: Metadata,
  options: CallOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call(metadata, options, (error, response) => {
      if (error === null) resolve(response as Response);
      else reject(error);
    });
  });
}
