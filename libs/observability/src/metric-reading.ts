import { PeriodicTask } from '@billing/lifecycle';
import type { Log } from './log.js';
import type { Gauge, Metrics } from './metrics.js';

export interface MetricReadingOptions<T> {
  /** The label `reading` of the metrics about it. */
  readonly name: string;
  readonly intervalMs: number;
  /** Asks PostgreSQL or Kafka, in bounded time; ends early when the signal says so. */
  readonly read: (stopping: AbortSignal) => Promise<T>;
  readonly show: (answer: T) => void;
  /** What `show` sets; they are cleared before it, and while nothing is known. */
  readonly gauges: readonly Gauge<string>[];
  readonly log: Log;
}

/**
 * Something that only PostgreSQL or Kafka knows, asked on a timer and never by a scrape: however many
 * scrape, it costs the same, and a scrape answers while they are away. What could not be read is absent,
 * never frozen at its last value.
 */
export class MetricReading<T> {
  private readonly task: PeriodicTask;

  constructor(metrics: Metrics, options: MetricReadingOptions<T>) {
    const { name, intervalMs, read, show, gauges, log } = options;
    const clear = (): void => gauges.forEach(clearGauge);
    clear();
    metrics.readingErrors.labels(name).inc(0);
    metrics.readingTimestamp.labels(name).set(0);
    this.task = new PeriodicTask({
      intervalMs,
      run: async (stopping) => {
        const answer = await read(stopping);
        clear();
        show(answer);
        metrics.readingTimestamp.labels(name).set(Date.now() / 1000);
      },
      onError: (error) => {
        clear();
        metrics.readingErrors.labels(name).inc();
        log.debug({ err: error, reading: name }, 'a reading for metrics failed; trying again');
      },
    });
  }

  start(): void {
    this.task.start();
  }

  /** Waits for a reading under way. */
  stop(): Promise<void> {
    return this.task.stop();
  }
}

function clearGauge(gauge: Gauge<string>): void {
  // A reset gauge without labels would say 0, which is not the same as not known.
  gauge.reset();
  gauge.remove({});
}
