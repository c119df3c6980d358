import {
  hasPayOut,
  readStatusMessage,
  type PaidOut,
  type PayOutRequestInput,
  type PayOutsResponse,
} from '@billing/contracts';
import { connectBilling, type BillingConnection, type ConnectionTls } from '@billing/grpc';
import { Metadata, type ServiceError } from '@grpc/grpc-js';

/** Longer than a coordinator may take for an answer: beyond it nothing comes. */
const answerWithinMs = 30_000;
const lookEveryMs = 1_000;

/** The coordinator's word that a pay-out is not made, and why. */
export class PayOutRefusal extends Error {
  override readonly name = 'PayOutRefusal';

  constructor(
    readonly reason: string,
    message: string,
    readonly retryable: boolean,
  ) {
    super(message);
  }
}

/** The stream ended before the answer came: what became of the pay-out is not known. */
export class NoPayOutAnswer extends Error {
  override readonly name = 'NoPayOutAnswer';
}

interface Pending {
  readonly sentMs: number;
  readonly resolve: (response: PaidOut) => void;
  readonly reject: (error: Error) => void;
}

type Stream = ReturnType<BillingConnection['billing']['payOuts']>;

/** Many pay-outs in flight on one stream to one coordinator. A stream that broke is opened again. */
export class PayOutStream {
  private readonly connection: BillingConnection;
  private readonly pending = new Map<number, Pending>();
  private readonly watch: NodeJS.Timeout;
  private stream: Stream | undefined;
  private sequence = 0;

  constructor(
    address: string,
    private readonly token: string,
    tls?: ConnectionTls,
  ) {
    const options = {
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
    };
    this.connection = connectBilling(address, options, tls);
    this.watch = setInterval(() => this.dropSilentStream(), lookEveryMs);
    this.watch.unref();
  }

  /** @throws PayOutRefusal, NoPayOutAnswer */
  payOut(request: PayOutRequestInput): Promise<PaidOut> {
    const stream = (this.stream ??= this.open());
    this.sequence = (this.sequence + 1) % 2 ** 32;
    const { sequence } = this;
    return new Promise((resolve, reject) => {
      this.pending.set(sequence, { sentMs: performance.now(), resolve, reject });
      stream.write({ sequence, request, authorization: '' });
    });
  }

  close(): void {
    clearInterval(this.watch);
    this.drop('closed');
    this.connection.close();
  }

  private open(): Stream {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.token}`);
    const stream = this.connection.billing.payOuts(metadata);
    const dropIfCurrent = (reason: string): void => {
      if (this.stream === stream) this.drop(reason);
    };
    stream.on('data', (answer: PayOutsResponse) => this.settle(answer));
    stream.on('error', (error: ServiceError) => dropIfCurrent(error.details ?? error.message));
    stream.on('end', () => dropIfCurrent('its coordinator ended the stream'));
    return stream;
  }

  private settle({ sequence, response, error }: PayOutsResponse): void {
    const pending = this.pending.get(sequence);
    if (pending === undefined) return;
    this.pending.delete(sequence);
    if (response && hasPayOut(response)) return pending.resolve(response);
    const details = error ? readStatusMessage(error) : undefined;
    const {
      reason = 'UNKNOWN',
      metadata = {},
      message = 'an error without details',
    } = details ?? {};
    pending.reject(new PayOutRefusal(reason, message, metadata['retryable'] === 'true'));
  }

  /** A coordinator that was paused or cut off does not say so. */
  private dropSilentStream(): void {
    const [oldest] = this.pending.values();
    if (oldest === undefined || performance.now() - oldest.sentMs < answerWithinMs) return;
    this.drop(`its coordinator has not answered for ${answerWithinMs / 1_000} s`);
  }

  private drop(reason: string): void {
    const { stream } = this;
    this.stream = undefined;
    const lost = [...this.pending.values()];
    this.pending.clear();
    stream?.cancel();
    for (const { reject } of lost) reject(new NoPayOutAnswer(reason));
  }
}
