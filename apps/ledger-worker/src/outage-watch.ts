import type { DatabaseError } from '@billing/database';
import type { Log } from '@billing/observability';

interface Wait {
  readonly sinceMs: number;
  error: DatabaseError;
  saidAtMs: number;
}

const SAY_EVERY_MS = 5_000;
// What is over sooner is everyday life, such as a deadlock.
const FAILURE_AFTER_MS = 1_000;

/**
 * Knows which partitions wait for PostgreSQL, what for and since when: said in the log, at first and then
 * every five seconds, and in /health/ready, which is not asked whether to end the process.
 */
export class OutageWatch {
  private readonly waits = new Map<number, Wait>();

  constructor(
    private readonly log: Log,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** A call for the partition failed and is to be made again. */
  note(partition: number, error: DatabaseError): void {
    const nowMs = this.nowMs();
    const wait = this.waits.get(partition) ?? { sinceMs: nowMs, error, saidAtMs: -Infinity };
    this.waits.set(partition, wait);
    const isNews = wait.error.kind !== error.kind || nowMs - wait.saidAtMs >= SAY_EVERY_MS;
    wait.error = error;
    if (!isNews) return;
    wait.saidAtMs = nowMs;
    const { kind, effect } = error;
    const waitedMs = Math.round(nowMs - wait.sinceMs);
    this.log.warn(
      { err: error, partition, kind, effect, waitedMs },
      'PostgreSQL did not take the batch; trying again',
    );
  }

  /** A call for the partition was answered, or is not made again. */
  end(partition: number): void {
    const wait = this.waits.get(partition);
    if (wait === undefined) return;
    this.waits.delete(partition);
    const waitedMs = Math.round(this.nowMs() - wait.sinceMs);
    if (waitedMs >= FAILURE_AFTER_MS) this.log.info({ partition, waitedMs }, 'the wait is over');
  }

  /** What is waited for; undefined: nothing, or not for long. */
  failure(): string | undefined {
    const nowMs = this.nowMs();
    const waits = [...this.waits].filter(([, { sinceMs }]) => nowMs - sinceMs >= FAILURE_AFTER_MS);
    const [longest] = waits.sort(([, a], [, b]) => a.sinceMs - b.sinceMs);
    if (longest === undefined) return undefined;
    const [, { error, sinceMs }] = longest;
    const seconds = Math.round((nowMs - sinceMs) / 1000);
    const partitions = waits.map(([partition]) => partition).join(', ');
    return `partitions ${partitions} wait for it, for ${seconds} s: ${error.message} (${error.kind})`;
  }
}
