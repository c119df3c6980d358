import { unpackBatches, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface BatchUnpackerOptions {
  readonly database: Database;
  /** After a round that failed, or found others at it. */
  readonly intervalMs: number;
  /** About so many entries in one transaction. */
  readonly entriesMax: number;
  /** How long keys are remembered. */
  readonly keysKeptMs: number;
  readonly log: Log;
}

/**
 * Makes entries that have arrived packed rows of the log. Behind the rest: readers find them packed, too
 * (`billing.entries`), so that under load a node applies what comes rather than index it.
 */
export class BatchUnpacker {
  private readonly task: PeriodicTask;
  /** Nothing is left to do: it waits to be told that there is. */
  private isIdle = true;

  constructor(private readonly options: BatchUnpackerOptions) {
    this.task = new PeriodicTask({
      intervalMs: options.intervalMs,
      run: () => this.workOff(),
      onError: (error) => options.log.warn({ err: error }, 'batches wait; trying again'),
    });
  }

  start(): void {
    this.task.start();
  }

  /** Batches are there. Its rests are not cut short. */
  trigger(): void {
    if (this.isIdle) this.task.trigger();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }

  private async workOff(): Promise<{ nextInMs: number }> {
    this.isIdle = false;
    const { database, entriesMax, keysKeptMs, intervalMs } = this.options;
    const startedMs = performance.now();
    const { unpacked, oldestAgeMs } = await unpackBatches(database, entriesMax, keysKeptMs);
    if (oldestAgeMs !== undefined) {
      // Another session has what is left.
      if (unpacked === 0) return { nextInMs: intervalMs };
      return { nextInMs: restsFor(oldestAgeMs) * (performance.now() - startedMs) };
    }
    this.isIdle = true;
    return UNTIL_TRIGGERED;
  }
}

/** Rounds that it rests after one: the longer something waits, the fewer, so that reading never has much to look through. */
export function restsFor(oldestAgeMs: number): number {
  if (oldestAgeMs < 20_000) return 9;
  return oldestAgeMs < 60_000 ? 1 : 0;
}
