import { setTimeout as sleep } from 'node:timers/promises';
import { PAY_IN_TOPIC, stringifyPayIn, type PayInMessage } from '@billing/contracts';
import { reasonOf, toRefusal } from './broker-refusal.errors.js';
import { BrokerRefusals } from './broker-refusals.js';
import type { KafkaLog } from './kafka-log.js';
import {
  PayInNotSentError,
  PayInOutcomeUnknownError,
  type PayInUnpublishedError,
} from './pay-in-producer.errors.js';
import type { KafkaSecurity } from './kafka-security.js';
import { ProducerLink, type OutgoingMessage, type Receipt } from './producer-link.js';

export interface PayInProducerOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** From `publish` to a receipt or an error. */
  readonly deadlineMs: number;
  /** How long the first message of a batch waits for company. */
  readonly lingerMs: number;
  readonly batchMessagesMax: number;
  /** Must stay below the broker's message.max.bytes: a batch may go to one partition whole. */
  readonly batchBytesMax: number;
  readonly queueMax: number;
  readonly log: KafkaLog;
  /** Undefined: in plain text and as nobody. */
  readonly security?: KafkaSecurity | undefined;
  readonly topic?: string;
}

interface Entry extends OutgoingMessage {
  readonly bytes: number;
  readonly arrivedMs: number;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: PayInUnpublishedError) => void;
  /** Handed to the broker at least once without an answer. */
  tried: boolean;
  settled: boolean;
}

const RECORD_OVERHEAD_BYTES = 32;
const neverConnected = new Set<unknown>(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
const REOPEN_MIN_MS = 100;
const REOPEN_MAX_MS = 1_000;
/** How long a batch that was refused speaks against those to come. */
const REFUSAL_TOLD_MS = 10_000;

/**
 * Publishes pay-ins so that concurrent callers share batches. One request is in flight at a time, and
 * what failed goes first again: messages never overtake each other.
 *
 * Link: down -> up (opened, topic seen) -> down (any failure) -> …; while it is down, opening is
 * tried again every second. A message waits out a short absence of the broker; once the absence is
 * longer than the deadline, messages fail at once.
 * Message: waiting -> in flight -> settled by receipt; at its deadline settled as not sent, or as
 * unknown if it was ever in flight.
 */
export class PayInProducer {
  private readonly waiting: Entry[] = [];
  private inFlight: readonly Entry[] = [];
  private link: ProducerLink | undefined;
  private downSinceMs = performance.now();
  private openedMs = -Infinity;
  private downReason = 'not connected yet';
  /** Of opening; of sending it is `refused`. */
  private readonly refusals: BrokerRefusals;
  /** The last batch: a broker that lets this client in may not let it write. */
  private refused: { readonly reason: string; readonly untilMs: number } | undefined;
  private hurrying = false;
  private stopping = false;
  private deadlineTimer: NodeJS.Timeout | undefined;
  private wake: () => void = () => undefined;
  private readonly endOfWait = new AbortController();
  private linkKeeper: Promise<void> = Promise.resolve();
  private sender: Promise<void> = Promise.resolve();

  constructor(private readonly options: PayInProducerOptions) {
    this.refusals = new BrokerRefusals(options.log, 'gateway');
  }

  /** Begins to connect; messages may be published from now on. */
  start(): void {
    this.downSinceMs = performance.now();
    this.linkKeeper = this.openLink();
    this.sender = this.sendBatches();
  }

  /** @throws PayInUnpublishedError within the deadline */
  publish(message: PayInMessage): Promise<Receipt> {
    const refusal = this.refusal();
    if (refusal !== undefined) return Promise.reject(new PayInNotSentError(refusal));
    const value = stringifyPayIn(message);
    return new Promise((resolve, reject) => {
      this.waiting.push({
        key: message.accountId,
        value,
        bytes: Buffer.byteLength(value) + message.accountId.length + RECORD_OVERHEAD_BYTES,
        arrivedMs: performance.now(),
        resolve,
        reject,
        tried: false,
        settled: false,
      });
      this.deadlineTimer ??= setTimeout(() => this.expire(), this.options.deadlineMs);
      this.wake();
    });
  }

  /** Why pay-ins cannot be published now, or undefined. Asks the broker. */
  async failure(): Promise<string | undefined> {
    const { link } = this;
    if (link === undefined) return this.downReason;
    try {
      await link.check();
      const { refused } = this;
      return refused && performance.now() < refused.untilMs ? refused.reason : undefined;
    } catch (error) {
      this.dropLink(link, error);
      return this.downReason;
    }
  }

  /** From here on nothing waits for a broker that is away. */
  hurry(): void {
    this.hurrying = true;
    this.wake();
  }

  /** Refuses new messages, settles those it has, disconnects. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.hurrying = true;
    this.endOfWait.abort();
    this.wake();
    await this.sender;
    await this.linkKeeper;
    clearTimeout(this.deadlineTimer);
    const { link } = this;
    this.link = undefined;
    await link?.close();
  }

  private refusal(): string | undefined {
    if (this.stopping) return 'the producer is stopping';
    if (this.waiting.length >= this.options.queueMax) {
      return `${this.waiting.length} pay-ins are waiting for the broker already`;
    }
    const patienceMs = this.hurrying ? 0 : this.options.deadlineMs;
    if (this.link === undefined && performance.now() - this.downSinceMs > patienceMs) {
      return `the broker is away: ${this.downReason}`;
    }
    return undefined;
  }

  private async sendBatches(): Promise<void> {
    for (;;) {
      if (this.hurrying && this.link === undefined) this.rejectWaiting();
      if (this.stopping && this.waiting.length === 0) return;
      const { link } = this;
      const first = this.waiting[0];
      if (link === undefined || first === undefined) {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      await this.linger(first);
      if (this.link !== link) continue;
      const batch = this.takeBatch();
      if (batch.length > 0) await this.sendBatch(link, batch);
    }
  }

  /** Waits for company, no longer than the first message may and only while the batch is not full. */
  private async linger(first: Entry): Promise<void> {
    const endMs = first.arrivedMs + this.options.lingerMs;
    if (this.stopping || this.waiting.length >= this.options.batchMessagesMax) return;
    const leftMs = endMs - performance.now();
    if (leftMs > 0) await pause(leftMs, this.endOfWait.signal);
  }

  private takeBatch(): Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.waiting) {
      bytes += entry.bytes;
      if (count === this.options.batchMessagesMax) break;
      if (count > 0 && bytes > this.options.batchBytesMax) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async sendBatch(link: ProducerLink, batch: readonly Entry[]): Promise<void> {
    this.inFlight = batch;
    const triedBefore = new Set(batch.filter(({ tried }) => tried));
    for (const entry of batch) entry.tried = true;
    try {
      const receipts = await link.send(batch);
      this.refused = undefined;
      batch.forEach((entry, index) => {
        entry.settled = true;
        entry.resolve(receipts[index]!);
      });
    } catch (error) {
      const refusal = toRefusal(error);
      const untilMs = performance.now() + REFUSAL_TOLD_MS;
      this.refused = refusal && { reason: refusal.message, untilMs };
      if (isRefusedConnection(error)) {
        for (const entry of batch) entry.tried = triedBefore.has(entry);
      }
      this.waiting.unshift(...batch.filter(({ settled }) => !settled));
      this.dropLink(link, error);
    } finally {
      this.inFlight = [];
    }
  }

  private dropLink(link: ProducerLink, error: unknown): void {
    void link.close();
    if (this.link !== link) return;
    this.link = undefined;
    this.downSinceMs = performance.now();
    this.downReason = reasonOf(error);
    this.options.log.warn({ reason: this.downReason }, 'the broker is away');
    if (!this.stopping) this.linkKeeper = this.openLink();
    this.wake();
  }

  private async openLink(): Promise<void> {
    // A link that opens and fails at once must not spin.
    const sinceOpenedMs = performance.now() - this.openedMs;
    if (sinceOpenedMs < REOPEN_MAX_MS) await pause(REOPEN_MAX_MS, this.endOfWait.signal);
    let delayMs = REOPEN_MIN_MS;
    while (!this.stopping) {
      try {
        this.link = await ProducerLink.open({
          brokers: this.options.brokers,
          clientId: this.options.clientId,
          topic: this.options.topic ?? PAY_IN_TOPIC,
          requestTimeoutMs: this.options.deadlineMs,
          log: this.options.log,
          security: this.options.security,
        });
        this.openedMs = performance.now();
        this.refusals.forget();
        this.options.log.info({ waiting: this.waiting.length }, 'connected to the broker');
        this.wake();
        return;
      } catch (error) {
        // An outage was told when the link was lost.
        this.refusals.noteUnopened(error);
        this.downReason = reasonOf(error);
        await pause(delayMs, this.endOfWait.signal);
        delayMs = Math.min(delayMs * 2, REOPEN_MAX_MS);
      }
    }
  }

  /** All messages have the same time to live, so the oldest expires first. */
  private expire(): void {
    const bornBeforeMs = performance.now() - this.options.deadlineMs;
    for (const entry of this.inFlight) {
      if (entry.settled || entry.arrivedMs > bornBeforeMs) continue;
      this.rejectEntry(entry, `no answer from the broker within ${this.options.deadlineMs} ms`);
    }
    let expired = 0;
    while (this.waiting[expired] && this.waiting[expired]!.arrivedMs <= bornBeforeMs) expired += 1;
    for (const entry of this.waiting.splice(0, expired)) {
      this.rejectEntry(entry, `not published within ${this.options.deadlineMs} ms`);
    }
    // One message has waited in vain for the whole of its time: the next ones need not.
    if (expired > 0 && this.link === undefined) this.downSinceMs = Number.NEGATIVE_INFINITY;
    const oldest = this.inFlight.find(({ settled }) => !settled) ?? this.waiting[0];
    const waitMs = oldest === undefined ? undefined : oldest.arrivedMs - bornBeforeMs;
    this.deadlineTimer =
      waitMs === undefined ? undefined : setTimeout(() => this.expire(), Math.ceil(waitMs));
  }

  private rejectWaiting(): void {
    for (const entry of this.waiting.splice(0)) this.rejectEntry(entry, 'this process is stopping');
  }

  private rejectEntry(entry: Entry, why: string): void {
    entry.settled = true;
    const text = this.link === undefined ? `${why}: ${this.downReason}` : why;
    entry.reject(entry.tried ? new PayInOutcomeUnknownError(text) : new PayInNotSentError(text));
  }
}

/** Nobody took the connection, or nobody has the name, so nothing was sent. */
function isRefusedConnection(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return neverConnected.has(code) || neverConnected.has(cause?.code);
}

/** Ends early, and well, when it is ended. */
function pause(durationMs: number, ended: AbortSignal): Promise<void> {
  return sleep(durationMs, undefined, { signal: ended }).catch(() => undefined);
}
