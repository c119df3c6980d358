import type { BillingClient, OperationsClient } from '@billing/contracts';
import {
  credentials,
  type ChannelCredentials,
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

/** In PEM. Without a CA those that Node comes with are believed. */
export interface ConnectionTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Nothing is connected before the first call. Without `tls`: in plain text. */
export function connectBilling(
  address: string,
  options: ClientOptions = {},
  tls?: ConnectionTls,
): BillingConnection {
  const { Billing, Operations } = loadBilling();
  const channel = tls === undefined ? credentials.createInsecure() : encrypted(tls);
  const billing = new Billing(address, channel, options);
  const channelOverride = billing.getChannel();
  const operations = new Operations(address, channel, { ...options, channelOverride });
  return { billing, operations, close: () => billing.close() };
}

function encrypted({ ca, cert, key }: ConnectionTls): ChannelCredentials {
  const bytes = (pem: string | undefined): Buffer | null =>
    pem === undefined ? null : Buffer.from(pem);
  return credentials.createSsl(bytes(ca), bytes(key), bytes(cert));
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
