import type { CoordinatorConnection } from '@billing/cluster';
import { readStatusMessage, type PayOutsResponse } from '@billing/contracts';
import { connectBilling, type BillingConnection } from '@billing/grpc';
import { Metadata } from '@grpc/grpc-js';
import type { LoadRequest, Transport } from './load-order.js';

type Stream = ReturnType<BillingConnection['billing']['payOuts']>;

/** One bidirectional stream; a slot's number is the sequence number of its request. */
export class StreamTransport implements Transport {
  private readonly connection: BillingConnection;
  private stream: Stream | undefined;
  private readonly waiting: (((failure: string | undefined) => void) | undefined)[] = [];

  constructor(
    { address, tls }: CoordinatorConnection,
    private readonly token: string,
  ) {
    this.connection = connectBilling(address, {}, tls);
  }

  connect(): Promise<void> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.token}`);
    this.stream = this.connection.billing.payOuts(metadata);
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
    this.connection.close();
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
