import { sealBatches, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface BatchSealerOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  /** How long keys are remembered. */
  readonly keysKeptMs: number;
  readonly log: Log;
}

/** In one seal, about: some megabytes while it is made. */
const ENTRIES_MAX = 20_000;
/** Between two seals, when one was not enough for what was there. */
const REST_MS = 50;

/**
 * Seals what this node has written, some times a second while there is something (docs/batches.md). Nothing that a client
 * reads waits for it.
 */
export class BatchSealer {
  private readonly task: PeriodicTask;

  constructor({ database, intervalMs, keysKeptMs, log }: BatchSealerOptions) {
    this.task = new PeriodicTask({
      intervalMs,
      run: async () => {
        const { hasMore } = await sealBatches(database, ENTRIES_MAX, keysKeptMs);
        return hasMore ? { nextInMs: REST_MS } : UNTIL_TRIGGERED;
      },
      onError: (error) => log.warn({ err: error }, 'batches wait to be sealed; trying again'),
    });
  }

  start(): void {
    this.task.start();
  }

  /** Batches are there. */
  trigger(): void {
    this.task.trigger();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }
}
