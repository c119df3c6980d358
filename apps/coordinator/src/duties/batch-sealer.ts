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
export function makeBatchSealer({
  database,
  intervalMs,
  keysKeptMs,
  log,
}: BatchSealerOptions): PeriodicTask {
  return new PeriodicTask({
    intervalMs,
    run: async () => {
      const { hasMore } = await sealBatches(database, ENTRIES_MAX, keysKeptMs);
      return hasMore ? { nextInMs: REST_MS } : UNTIL_TRIGGERED;
    },
    onError: (error) => log.warn({ err: error }, 'batches wait to be sealed; trying again'),
  });
}
