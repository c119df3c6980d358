import { PeriodicTask } from '@billing/lifecycle';

/** The last answer while it is young enough to be shown; else undefined, and why. */
export interface ReadingState<T> {
  readonly value: T | undefined;
  readonly fault: string | undefined;
}

export interface LiveReadingOptions<T> {
  /** Asks, in bounded time; the signal aborts when the gateway stops. */
  readonly read: (stopping: AbortSignal) => Promise<T>;
  readonly intervalMs: () => number;
  readonly onRead?: (value: T) => void;
}

/** An answer older than this is no longer shown: never frozen at its last value. */
const FRESH_MS = 10_000;

/** Something that only PostgreSQL or Kafka knows, asked again and again while the gateway runs. */
export class LiveReading<T> {
  private readonly task: PeriodicTask;
  private value: T | undefined;
  /** By the monotonic clock: nobody sets it. */
  private readAtMs: number | undefined;
  private fault: string | undefined;

  constructor({ read, intervalMs, onRead }: LiveReadingOptions<T>) {
    this.task = new PeriodicTask({
      intervalMs: 1_000,
      run: async (stopping) => {
        try {
          const value = await read(stopping);
          this.value = value;
          this.readAtMs = performance.now();
          this.fault = undefined;
          onRead?.(value);
        } catch (error) {
          this.value = undefined;
          this.fault = error instanceof Error ? error.message : String(error);
        }
        return { nextInMs: intervalMs() };
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

  stop(): Promise<void> {
    return this.task.stop();
  }

  state(nowMs = performance.now()): ReadingState<T> {
    const { readAtMs } = this;
    const isFresh = readAtMs !== undefined && nowMs - readAtMs < FRESH_MS;
    if (this.value !== undefined && isFresh) {
      return { value: this.value, fault: undefined };
    }
    const silent = readAtMs === undefined ? 'not read yet' : 'no answer';
    return { value: undefined, fault: this.fault ?? silent };
  }
}
