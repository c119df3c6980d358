import type { Client } from '@billing/auth';
import { status, type Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  toStatusMessage,
  type PayOutRequest,
  type PayOutResponse,
  type PayOutsRequest,
  type PayOutsResponse,
} from '@billing/contracts';
import type { Log } from '@billing/observability';
import { invalidRequest, toErrorDetails, toServiceError } from '../grpc/billing.errors.js';
import { describeError } from '../grpc/billing-error.filter.js';
import type { ClientAccess } from '../grpc/client-access.js';

export type PayOutsCall = Pick<
  ServerDuplexStream<PayOutsRequest, PayOutsResponse>,
  'metadata' | 'on' | 'pause' | 'resume' | 'write' | 'end' | 'emit'
>;

export interface PayOutStreamsOptions {
  readonly access: ClientAccess;
  readonly payOut: (client: Client, request: PayOutRequest) => Promise<PayOutResponse>;
  /** Requests of one stream that wait for their answers; beyond it the stream is not read. */
  readonly openPerStreamMax: number;
  readonly log: Log;
}

/** Streams of pay-outs: each message is a request of its own, with its own client, key and answer. */
export class PayOutStreams {
  private readonly streams = new Set<PayOutStream>();
  private isStopping = false;

  constructor(private readonly options: PayOutStreamsOptions) {}

  /** Never throws: nobody above would catch it. */
  serve(call: PayOutsCall): void {
    const stream = new PayOutStream(call, this.options, () => this.streams.delete(stream));
    this.streams.add(stream);
    if (this.isStopping) stream.stop();
    else void stream.open();
  }

  /** Reads no more; each stream ends once what it has read is answered. */
  stop(): void {
    this.isStopping = true;
    for (const stream of this.streams) stream.stop();
  }
}

/**
 * opening -> reading   its token, if it has one, is fine
 * opening -> ended     it is not
 * reading <-> paused   too many requests wait, or the client does not read its answers
 * reading -> closing   half-closed by the client, or this coordinator stops
 * closing -> ended     everything read is answered
 * any -> ended         cancelled: what was read is carried out, and answered to nobody
 */
class PayOutStream {
  private readonly ownAuthorization: string;
  private openCount = 0;
  private isPaused = false;
  private isClosing = false;
  private isStopped = false;
  private isEnded = false;

  constructor(
    private readonly call: PayOutsCall,
    private readonly options: PayOutStreamsOptions,
    private readonly onEnd: () => void,
  ) {
    const [authorization] = call.metadata.get('authorization');
    this.ownAuthorization = authorization?.toString() ?? '';
    call.on('cancelled', () => this.leave());
    call.on('error', () => this.leave());
  }

  async open(): Promise<void> {
    try {
      // A stream that carries other people's requests need not have a token of its own.
      if (this.ownAuthorization !== '') {
        await this.options.access.recognize(this.ownAuthorization, 'PayOuts');
      }
    } catch (error) {
      if (!this.isEnded) this.refuse(error);
      return;
    }
    if (this.isEnded) return;
    gatherWrites(this.call);
    this.call.on('end', () => this.close());
    this.call.on('drain', () => this.readOn());
    this.call.on('data', (message: PayOutsRequest) => this.take(message));
  }

  stop(): void {
    this.isStopped = true;
    this.call.pause();
    this.close();
  }

  private take(message: PayOutsRequest): void {
    this.openCount += 1;
    const authorization = message.authorization || this.ownAuthorization;
    try {
      const client = this.options.access.recognize(authorization, 'PayOuts');
      if (client instanceof Promise) {
        client.then(
          (known) => this.pay(known, message),
          (error: unknown) => this.answerError(message.sequence, error),
        );
      } else this.pay(client, message);
    } catch (error) {
      this.answerError(message.sequence, error);
    }
    if (this.openCount >= this.options.openPerStreamMax) this.pause();
  }

  private pay(client: Client, { sequence, request }: PayOutsRequest): void {
    if (request === null) {
      this.answerError(sequence, invalidRequest('request', 'must be there'));
      return;
    }
    this.options.payOut(client, request).then(
      (response) => this.answer({ sequence, response }),
      (error: unknown) => this.answerError(sequence, error),
    );
  }

  private answerError(sequence: number, error: unknown): void {
    const details = toErrorDetails(describeError(error, this.options.log));
    this.answer({ sequence, error: toStatusMessage(details) });
  }

  private answer(answer: PayOutsResponse): void {
    this.openCount -= 1;
    if (this.isEnded) return;
    const mayGoOn = this.call.write(answer);
    if (this.isClosing) {
      if (this.openCount === 0) this.finish();
    } else if (!mayGoOn) this.pause();
    else if (this.isPaused) this.readOn();
  }

  private pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.call.pause();
  }

  private readOn(): void {
    if (!this.isPaused || this.isClosing || this.openCount >= this.options.openPerStreamMax) return;
    this.isPaused = false;
    this.call.resume();
  }

  private close(): void {
    this.isClosing = true;
    if (this.openCount === 0) this.finish();
  }

  private finish(): void {
    if (this.isEnded) return;
    this.leave();
    if (this.isStopped) this.endWith(stopping());
    else this.call.end();
  }

  private refuse(error: unknown): void {
    this.leave();
    this.endWith(toServiceError(describeError(error, this.options.log)));
  }

  /** The stream ends with this status once what was written before is sent: grpc-js listens. */
  private endWith(told: { code: status; details: string; metadata?: Metadata }): void {
    this.call.emit('error', Object.assign(new Error(told.details), told));
  }

  private leave(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.onEnd();
  }
}

/**
 * Answers come by the batch, and grpc-js hands them to HTTP/2 one by one, each after the socket took the
 * last: a turn of the event loop and a system call for every answer. Node hands them over together to a
 * stream that has `_writev`. Should grpc-js be built differently one day, nothing is lost but time.
 */
function gatherWrites(call: PayOutsCall): void {
  const { call: inner } = call as unknown as { call?: Partial<MessageSender> };
  const sendMessage = inner?.sendMessage?.bind(inner);
  if (sendMessage === undefined) return;
  const writev: Writev = (chunks, callback) => {
    const last = chunks.length - 1;
    chunks.forEach(({ chunk }, i) => sendMessage(chunk, i === last ? callback : ignore));
  };
  Object.assign(call, { _writev: writev });
}

type Writev = (chunks: readonly { readonly chunk: unknown }[], callback: () => void) => void;

interface MessageSender {
  sendMessage(message: unknown, callback: () => void): void;
}

const ignore = (): void => undefined;

function stopping(): { code: status; details: string } {
  return {
    code: status.UNAVAILABLE,
    details: 'this coordinator is stopping: what was not answered may be sent again',
  };
}
