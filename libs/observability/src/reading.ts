import { PeriodicTask } from '@billing/lifecycle';
import type { Log } from './log.js';
import type { Gauge, Metrics } from './metrics.js';

export interface ReadingOptions<T> {
  /** The label `reading` of the metrics about it. */
  readonly name: string;
  /** Asked for after each answer: it may change, by whether somebody watches. */
  readonly intervalMs: number | (() => number);
  /** Asks PostgreSQL or Kafka, in bounded time; ends early when the signal says so. */
  readonly read: (stopping: AbortSignal) => Promise<T>;
  /** What is done with each answer. */
  readonly show?: (answer: T) => void;
  /** What `show` sets; they are cleared before it, and while nothing is known. */
  readonly gauges?: readonly Gauge<string>[];
  readonly log: Log;
}

/** The last answer while it is young enough to be shown; else undefined, and why. */
export interface ReadingState<T> {
  readonly value: T | undefined;
  readonly failure: string | undefined;
}

/** `state` shows no answer that is older: whoever wants to look at one asks for it more often. */
const FRESH_MS = 10_000;

/**
 * Something that only PostgreSQL or Kafka knows, asked on a timer and never by a scrape or a reader: however many
 * look, it costs the same, and they are answered while PostgreSQL and Kafka are away. What could not be read is
 * absent, never frozen at its last value.
 */
export class Reading<T> {
  private readonly task: PeriodicTask;
  private value: T | undefined;
  /** By the steady clock: nobody sets it. */
  private readAtMs: number | undefined;
  private failure: string | undefined;

  constructor(
    metrics: Metrics,
    private readonly options: ReadingOptions<T>,
  ) {
    const { name, intervalMs, read, show, log } = options;
    this.clearGauges();
    metrics.readingErrors.labels(name).inc(0);
    metrics.readingTimestamp.labels(name).set(0);
    this.task = new PeriodicTask({
      intervalMs: 0,
      run: async (stopping) => {
        try {
          const answer = await read(stopping);
          this.clearGauges();
          show?.(answer);
          this.value = answer;
          this.readAtMs = performance.now();
          this.failure = undefined;
          metrics.readingTimestamp.labels(name).set(Date.now() / 1000);
        } catch (error) {
          if (stopping.aborted) return;
          this.clearGauges();
          this.value = undefined;
          this.failure = error instanceof Error ? error.message : String(error);
          metrics.readingErrors.labels(name).inc();
          log.debug({ err: error, reading: name }, 'a reading failed; trying again');
        }
        return { nextInMs: typeof intervalMs === 'number' ? intervalMs : intervalMs() };
      },
      onError: () => undefined,
    });
  }

  start(): void {
    this.task.start();
  }

  /** Asks now, or right after the answer under way. */
  trigger(): void {
    this.task.trigger();
  }

  /** Waits for an answer under way. */
  stop(): Promise<void> {
    return this.task.stop();
  }

  state(nowMs = performance.now()): ReadingState<T> {
    const { value, readAtMs } = this;
    const isFresh = readAtMs !== undefined && nowMs - readAtMs < FRESH_MS;
    if (value !== undefined && isFresh) return { value, failure: undefined };
    return {
      value: undefined,
      failure: this.failure ?? (readAtMs === undefined ? 'not read yet' : 'no answer'),
    };
  }

  private clearGauges(): void {
    for (const gauge of this.options.gauges ?? []) {
      // A reset gauge without labels would say 0, which is not the same as not known.
      gauge.reset();
      gauge.remove({});
    }
  }
}
