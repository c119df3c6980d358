import {
  BILLING_PACKAGE,
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  BILLING_SERVICE,
  readStatusMessage,
  type PayOutsRequest,
  type PayOutsResponse,
} from '@billing/contracts';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { LoadRequest, Transport } from './load-order.js';

type Stream = grpc.ClientDuplexStream<Partial<PayOutsRequest>, PayOutsResponse>;

/** One bidirectional stream; a slot's number is the sequence number of its request. */
export class StreamTransport implements Transport {
  private readonly client: grpc.Client;
  private stream: Stream | undefined;
  private readonly waiting: (((failure: string | undefined) => void) | undefined)[] = [];

  constructor(
    address: string,
    private readonly token: string,
  ) {
    const definition = loadSync(BILLING_PROTO_FILE, BILLING_PROTO_OPTIONS);
    const Service = grpc.makeClientConstructor(
      definition[`${BILLING_PACKAGE}.${BILLING_SERVICE}`] as grpc.ServiceDefinition,
      BILLING_SERVICE,
    );
    this.client = new Service(address, grpc.credentials.createInsecure());
  }

  connect(): Promise<void> {
    const metadata = new grpc.Metadata();
    metadata.set('authorization', `Bearer ${this.token}`);
    const methods = this.client as unknown as { payOuts(metadata: grpc.Metadata): Stream };
    this.stream = methods.payOuts(metadata);
    this.stream.on('data', (answer: PayOutsResponse) => this.take(answer));
    this.stream.on('error', (error) => this.end(error.message));
    this.stream.on('end', () => this.end('the stream ended'));
    return Promise.resolve();
  }

  send(slot: number, request: LoadRequest, done: (failure: string | undefined) => void): void {
    this.waiting[slot] = done;
    const { accountId, amount, key } = request;
    this.stream!.write({
      sequence: slot,
      request: {
        accountId,
        amount,
        currency: 'USD',
        idempotencyKey: key,
        reference: '',
        metadataJson: '',
        drain: 'DRAIN_ANY',
        deadlineMs: 0,
      },
    });
  }

  close(): void {
    this.stream?.cancel();
    this.client.close();
  }

  private take({ sequence, error }: PayOutsResponse): void {
    const done = this.waiting[sequence];
    this.waiting[sequence] = undefined;
    done?.(
      error === null || error === undefined
        ? undefined
        : (readStatusMessage(error)?.reason ?? error.message),
    );
  }

  private end(cause: string): void {
    for (const [slot, done] of this.waiting.entries()) {
      this.waiting[slot] = undefined;
      done?.(cause);
    }
  }
}
