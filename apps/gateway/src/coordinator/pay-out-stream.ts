import {
  hasPayOut,
  readStatusMessage,
  type PaidOut,
  type BillingClient,
  type PayOutRequest,
  type PayOutsRequest,
  type PayOutsResponse,
} from '@billing/contracts';
import type { Log } from '@billing/observability';
import { connectivityState, Metadata, type ClientDuplexStream } from '@grpc/grpc-js';
import { HttpProblem } from '../http/http-problem.js';
import { gatherWrites } from './gathered-writes.js';
import { notUnderstood, toReasonProblem } from './coordinator-problem.js';

export interface PayOutStreamOptions {
  /** Requests without an answer, late ones too; more are refused at once. */
  readonly inFlightMax: number;
  /** Beyond a pay-out's own deadline: the way there and back. */
  readonly answerMarginMs: number;
  /** A full stream that answered nothing for so long is given up for a new one. */
  readonly stallMs?: number;
  readonly log: Log;
}

/** How long requests wait for a connection that is being made. */
const CONNECT_WAIT_MS = 1_000;
const REOPEN_MIN_MS = 100;
const REOPEN_MAX_MS = 1_000;
const END_WAIT_MS = 1_000;
const STALL_MS = 10_000;
const SEQUENCE_MAX = 0xffff_ffff;

/**
 * The gateway's pay-outs on their way to the coordinator: one stream, many requests in flight.
 *
 * Stream: none -> open (first request that finds the coordinator connected) -> none (broken, or ended
 * by the coordinator) -> …; one that broke before its first answer is not opened again for 100 ms, then
 * twice as long each time up to a second.
 * Request: waiting for the connection -> written -> answered; a request that was never written is
 * refused as such, one that was written and has no answer is of unknown outcome: only its repetition
 * under the same key may be told what became of it, so nothing is sent twice from here.
 */
export class PayOutStream {
  private current: OpenStream | undefined;
  private opening: Promise<OpenStream> | undefined;
  private waiting = 0;
  private barrenBreaks = 0;
  private notBeforeMs = 0;
  private closed = false;

  constructor(
    private readonly client: BillingClient,
    private readonly options: PayOutStreamOptions,
  ) {}

  /**
   * @param authorization the client's own, as it came: the coordinator looks at it again
   * @throws HttpProblem
   */
  send(request: PayOutRequest, authorization: string): Promise<PaidOut> {
    const { current } = this;
    if ((current?.unanswered ?? 0) + this.waiting >= this.options.inFlightMax) {
      current?.giveUpIfStalled(this.options.stallMs ?? STALL_MS);
      return Promise.reject(overloaded());
    }
    if (current !== undefined) return current.send(request, authorization);
    return this.sendOnceOpen(request, authorization);
  }

  /** Whoever still waits for an answer hears that its outcome is unknown. */
  abandon(): void {
    this.current?.fail(outcomeUnknown('the gateway is stopping'));
  }

  /** Half-closes, and gives the coordinator a moment to do the same. */
  async close(): Promise<void> {
    this.closed = true;
    await this.current?.end();
  }

  private async sendOnceOpen(request: PayOutRequest, authorization: string): Promise<PaidOut> {
    this.waiting += 1;
    let stream: OpenStream;
    try {
      this.opening ??= this.open().finally(() => (this.opening = undefined));
      stream = await this.opening;
    } finally {
      this.waiting -= 1;
    }
    return stream.send(request, authorization);
  }

  private async open(): Promise<OpenStream> {
    if (this.closed) throw notSent('the gateway is stopping');
    if (performance.now() < this.notBeforeMs) throw notSent(UNREACHABLE);
    await this.untilConnected();
    const stream = new OpenStream(
      this.client.payOuts(new Metadata()),
      this.options.answerMarginMs,
      (error) => this.onEnd(stream, error),
    );
    this.current = stream;
    return stream;
  }

  /** @throws HttpProblem at once when the last try to connect failed; gRPC goes on trying by itself */
  private async untilConnected(): Promise<void> {
    const channel = this.client.getChannel();
    const deadline = Date.now() + CONNECT_WAIT_MS;
    for (;;) {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return;
      if (state === connectivityState.TRANSIENT_FAILURE || state === connectivityState.SHUTDOWN) {
        throw notSent(UNREACHABLE);
      }
      await new Promise<void>((resolve, reject) =>
        channel.watchConnectivityState(state, deadline, (error) =>
          error === undefined ? resolve() : reject(notSent(UNREACHABLE, error)),
        ),
      );
    }
  }

  private onEnd(stream: OpenStream, error: Error | undefined): void {
    if (this.current === stream) this.current = undefined;
    if (stream.hasAnswered) this.barrenBreaks = 0;
    else {
      const delayMs = Math.min(REOPEN_MIN_MS * 2 ** this.barrenBreaks, REOPEN_MAX_MS);
      this.notBeforeMs = performance.now() + delayMs;
      this.barrenBreaks += 1;
    }
    if (!this.closed) {
      this.options.log.warn(
        { reason: error?.message ?? 'the coordinator ended it', unanswered: stream.unanswered },
        'the stream of pay-outs is gone',
      );
    }
    stream.fail(outcomeUnknown('the connection to the coordinator was lost', error));
  }
}

interface Pending {
  readonly resolve: (response: PaidOut) => void;
  readonly reject: (problem: HttpProblem) => void;
  readonly timer: NodeJS.Timeout;
}

/** One stream from its opening to its end. */
class OpenStream {
  hasAnswered = false;
  private readonly pending = new Map<number, Pending>();
  /** Whose requests no longer wait; the coordinator still has them. */
  private overdue = 0;
  private sequence = 0;
  /** Of the last answer, or of the first request that waited for one since. */
  private silentSinceMs = performance.now();
  private readonly ended: Promise<void>;

  constructor(
    private readonly call: ClientDuplexStream<PayOutsRequest, PayOutsResponse>,
    private readonly answerMarginMs: number,
    onEnd: (error: Error | undefined) => void,
  ) {
    this.ended = new Promise((resolve) => {
      let isOver = false;
      const end = (error?: Error): void => {
        if (isOver) return;
        isOver = true;
        onEnd(error);
        resolve();
      };
      call.on('error', end);
      call.on('end', end);
      call.on('data', (answer: PayOutsResponse) => this.take(answer));
    });
  }

  get unanswered(): number {
    return this.pending.size + this.overdue;
  }

  giveUpIfStalled(stallMs: number): void {
    if (performance.now() - this.silentSinceMs > stallMs) this.call.cancel();
  }

  send(request: PayOutRequest, authorization: string): Promise<PaidOut> {
    if (this.unanswered === 0) this.silentSinceMs = performance.now();
    const sequence = this.sequence;
    this.sequence = sequence === SEQUENCE_MAX ? 0 : sequence + 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(sequence);
        this.overdue += 1;
        reject(outcomeUnknown('the coordinator did not answer in time'));
      }, request.deadlineMs + this.answerMarginMs);
      this.pending.set(sequence, { resolve, reject, timer });
      this.call.write({ sequence, request, authorization });
    });
  }

  fail(problem: HttpProblem): void {
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(problem);
    }
    this.overdue += this.pending.size;
    this.pending.clear();
  }

  async end(): Promise<void> {
    this.call.end();
    const late = setTimeout(() => this.call.cancel(), END_WAIT_MS);
    await this.ended;
    clearTimeout(late);
  }

  private take(answer: PayOutsResponse): void {
    if (!this.hasAnswered) gatherWrites(this.call);
    this.hasAnswered = true;
    this.silentSinceMs = performance.now();
    const pending = this.pending.get(answer.sequence);
    if (pending === undefined) {
      // Later than its request could wait.
      this.overdue -= 1;
      return;
    }
    this.pending.delete(answer.sequence);
    clearTimeout(pending.timer);
    const { response } = answer;
    if (response && hasPayOut(response)) pending.resolve(response);
    else pending.reject(toProblem(answer));
  }
}

function toProblem({ error }: PayOutsResponse): HttpProblem {
  const details = error ? readStatusMessage(error) : undefined;
  const problem = details === undefined ? undefined : toReasonProblem(details);
  return problem ?? notUnderstood();
}

const UNREACHABLE = 'the coordinator of this datacenter cannot be reached now';

function notSent(why: string, cause?: unknown): HttpProblem {
  return HttpProblem.unavailable(
    `${why}: nothing was sent. Send it again with the same Idempotency-Key`,
    { cause },
  );
}

function overloaded(): HttpProblem {
  return new HttpProblem(
    'overloaded',
    'too many pay-outs wait for their answers at this gateway: nothing was sent. Send it again with the same Idempotency-Key',
  );
}

function outcomeUnknown(why: string, cause?: unknown): HttpProblem {
  return new HttpProblem(
    'outcome-unknown',
    `${why}: the pay-out may have been made or not. Send it again with the same Idempotency-Key: it is made once, and the answer says what became of it`,
    { cause },
  );
}
