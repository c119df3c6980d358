import { BillingError } from '../grpc/billing.errors.js';
import { lateUnbegun } from './pay-out-answers.js';

/** What a failed call means for the requests in it. */
export interface CallFailure {
  /** Whether they may have been carried out all the same: from then on they are in doubt. */
  readonly mayHaveHappened: boolean;
  /** Which of them to send again within their deadlines. */
  readonly again: 'all' | 'in_doubt' | 'none';
  readonly delayMs: number;
}

export interface CombinerOptions<Request, Answer> {
  /** One call for all of them; an answer for each, in their order. */
  readonly send: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  readonly batchSizeMax: number;
  /** Calls at once; asked again whenever something changes, see `trigger`. */
  readonly callsMax: () => number;
  /** Requests that were taken and not yet answered. */
  readonly openMax: number;
  /** Of what is answered to a request: the time, as `performance.now()` tells it. */
  readonly deadlineOf: (request: Request) => number;
  /** Requests of one lane never overtake each other. */
  readonly laneOf?: (request: Request) => string;
  /** Two requests of one key are never under way at once; the later waits for the other's answer. */
  readonly keyOf?: (request: Request) => string;
  readonly judgeFailure: (error: unknown) => CallFailure;
  /** An answer came after its request had been told that its deadline is over. */
  readonly onUnheard?: (request: Request, answer: Answer) => void;
}

interface Item<Request, Answer> {
  readonly request: Request;
  readonly lane: string | undefined;
  readonly key: string | undefined;
  readonly deadlineMs: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** It was sent, and no answer came. */
  isInDoubt: boolean;
  isClosed: boolean;
}

type Call<Request, Answer> = readonly Item<Request, Answer>[];

interface Lane<Request, Answer> {
  readonly call: Call<Request, Answer>;
  /** In order of arrival; they go back to the queue when the call ends. */
  readonly held: Item<Request, Answer>[];
}

const SWEEP_INTERVAL_MS = 100;

/**
 * Combines what arrives while earlier calls run into one call. A request alone is sent in the same
 * turn of the event loop: there is no timer, only whatever else the same read of a socket brought.
 *
 * queued -> held       another call has its lane or its key
 * held -> queued       that call has ended: back to the front, in order of arrival
 * queued -> under way  in a call
 * under way -> closed  answered, or refused
 * under way -> queued  the call failed and is to be made again: back to the front
 * any -> closed        the deadline passed: DEADLINE_EXCEEDED if it was never sent, so that nothing
 *                      happened; else OUTCOME_UNKNOWN
 */
export class Combiner<Request, Answer> {
  private queue: Item<Request, Answer>[] = [];
  private readonly calls = new Set<Call<Request, Answer>>();
  private readonly lanes = new Map<string, Lane<Request, Answer>>();
  private readonly keys = new Map<string, Item<Request, Answer>[]>();
  private openCount = 0;
  private isTurnPlanned = false;
  private pausedUntilMs = 0;
  private waker: NodeJS.Timeout | undefined;
  private sweeper: NodeJS.Timeout | undefined;

  constructor(private readonly options: CombinerOptions<Request, Answer>) {}

  /** Requests that were taken and not yet answered. */
  get open(): number {
    return this.openCount;
  }

  /** Requests that wait for a call. */
  get queued(): number {
    return this.queue.length;
  }

  /** @throws BillingError OVERLOADED, DEADLINE_EXCEEDED, OUTCOME_UNKNOWN; what a call failed with */
  submit(request: Request): Promise<Answer> {
    const { openMax, laneOf, keyOf, deadlineOf } = this.options;
    if (this.openCount >= openMax) {
      return Promise.reject(
        new BillingError('OVERLOADED', 'too much is waiting; nothing was begun'),
      );
    }
    this.openCount += 1;
    this.sweeper ??= setInterval(() => this.sweep(), SWEEP_INTERVAL_MS);
    return new Promise<Answer>((resolve, reject) => {
      this.queue.push({
        request,
        lane: laneOf?.(request),
        key: keyOf?.(request),
        deadlineMs: deadlineOf(request),
        resolve,
        reject,
        isInDoubt: false,
        isClosed: false,
      });
      this.trigger();
    });
  }

  /** More calls may be made than before. */
  trigger(): void {
    if (this.isTurnPlanned || this.calls.size >= this.options.callsMax()) return;
    this.isTurnPlanned = true;
    setImmediate(() => {
      this.isTurnPlanned = false;
      this.sendQueued();
    });
  }

  private sendQueued(): void {
    const pausedMs = this.pausedUntilMs - performance.now();
    if (pausedMs > 0) {
      this.wakeIn(pausedMs);
      return;
    }
    while (this.queue.length > 0 && this.calls.size < this.options.callsMax()) {
      const call = this.takeCall();
      if (call.length === 0) return;
      void this.make(call);
    }
  }

  /** A timer may fire before its time by this clock, as it counts from when its turn began: who finds it too early waits again. */
  private wakeIn(pausedMs: number): void {
    this.waker ??= setTimeout(() => {
      this.waker = undefined;
      this.trigger();
    }, Math.ceil(pausedMs)).unref();
  }

  private takeCall(): Call<Request, Answer> {
    const call: Item<Request, Answer>[] = [];
    const nowMs = performance.now();
    let taken = 0;
    for (; taken < this.queue.length && call.length < this.options.batchSizeMax; taken += 1) {
      const item = this.queue[taken]!;
      if (item.isClosed) continue;
      if (item.deadlineMs <= nowMs) this.giveUp(item);
      else if (this.claim(item, call)) call.push(item);
    }
    this.queue = this.queue.slice(taken);
    return call;
  }

  /** Takes an item's key and lane for a call; or has it wait for the call that has them. */
  private claim(item: Item<Request, Answer>, call: Call<Request, Answer>): boolean {
    const lane = item.lane === undefined ? undefined : this.lanes.get(item.lane);
    if (lane !== undefined && (lane.call !== call || lane.held.length > 0)) {
      lane.held.push(item);
      return false;
    }
    const sameKey = item.key === undefined ? undefined : this.keys.get(item.key);
    if (sameKey !== undefined) {
      (lane?.held ?? sameKey).push(item);
      return false;
    }
    if (item.lane !== undefined && lane === undefined)
      this.lanes.set(item.lane, { call, held: [] });
    if (item.key !== undefined) this.keys.set(item.key, []);
    return true;
  }

  private async make(call: Call<Request, Answer>): Promise<void> {
    this.calls.add(call);
    try {
      const answers = await this.options.send(call.map(({ request }) => request));
      if (answers.length !== call.length) {
        throw new TypeError(`${answers.length} answers to ${call.length} requests`);
      }
      // What waits is sent first: the other side works while the answers are given out.
      this.end(call, []);
      for (let i = 0; i < call.length; i += 1) this.answer(call[i]!, answers[i]!);
    } catch (error) {
      this.fail(call, error);
    }
  }

  private fail(call: Call<Request, Answer>, error: unknown): void {
    const failure = this.options.judgeFailure(error);
    const again: Item<Request, Answer>[] = [];
    for (const item of call) {
      if (item.isClosed) continue;
      item.isInDoubt ||= failure.mayHaveHappened;
      if (failure.again === 'all' || (failure.again === 'in_doubt' && item.isInDoubt)) {
        again.push(item);
      } else this.refuse(item, item.isInDoubt ? outcomeUnknown(error) : error);
    }
    if (again.length > 0 && failure.delayMs > 0) {
      this.pausedUntilMs = performance.now() + failure.delayMs;
    }
    this.end(call, again);
  }

  /** Frees what a call held, puts what goes on to the front of the queue, and sends it. */
  private end(call: Call<Request, Answer>, again: readonly Item<Request, Answer>[]): void {
    this.calls.delete(call);
    const released: Item<Request, Answer>[] = [...again];
    for (const { lane, key } of call) {
      if (lane !== undefined && this.lanes.get(lane)?.call === call) {
        released.push(...this.lanes.get(lane)!.held);
        this.lanes.delete(lane);
      }
      if (key !== undefined) {
        released.push(...(this.keys.get(key) ?? []));
        this.keys.delete(key);
      }
    }
    if (released.length > 0) this.queue = released.concat(this.queue);
    if (this.queue.length > 0) this.sendQueued();
  }

  /** What waits beyond its deadline hears so, even while a call hangs. */
  private sweep(): void {
    const nowMs = performance.now();
    const giveUpLate = (items: readonly Item<Request, Answer>[], underWay: boolean): void => {
      for (const item of items) {
        if (item.isClosed || item.deadlineMs > nowMs) continue;
        item.isInDoubt ||= underWay;
        this.giveUp(item);
      }
    };
    giveUpLate(this.queue, false);
    for (const { held } of this.lanes.values()) giveUpLate(held, false);
    for (const held of this.keys.values()) giveUpLate(held, false);
    for (const call of this.calls) giveUpLate(call, true);
  }

  private giveUp(item: Item<Request, Answer>): void {
    this.refuse(item, item.isInDoubt ? outcomeUnknown() : lateUnbegun());
  }

  private answer(item: Item<Request, Answer>, answer: Answer): void {
    if (this.close(item)) item.resolve(answer);
    else this.options.onUnheard?.(item.request, answer);
  }

  private refuse(item: Item<Request, Answer>, error: unknown): void {
    if (this.close(item)) item.reject(error);
  }

  private close(item: Item<Request, Answer>): boolean {
    if (item.isClosed) return false;
    item.isClosed = true;
    this.openCount -= 1;
    if (this.openCount === 0) {
      clearInterval(this.sweeper);
      this.sweeper = undefined;
    }
    return true;
  }
}

function outcomeUnknown(cause?: unknown): BillingError {
  if (cause instanceof BillingError && cause.code === 'OUTCOME_UNKNOWN') return cause;
  return new BillingError(
    'OUTCOME_UNKNOWN',
    'PostgreSQL did not answer: the same call under the same key tells what became of it',
    {},
    { cause },
  );
}
