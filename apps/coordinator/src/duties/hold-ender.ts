import { endHolds, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface HoldEnderOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly log: Log;
}

const HOLDS_MAX = 500;

/** Gives back what this node holds of holds whose time is over by its clock, whoever their home is (docs/holds.md). */
export function makeHoldEnder({ database, intervalMs, log }: HoldEnderOptions): PeriodicTask {
  return new PeriodicTask({
    intervalMs,
    run: async () => {
      const ended = await endHolds(database, HOLDS_MAX);
      return ended >= HOLDS_MAX ? { nextInMs: 0 } : UNTIL_TRIGGERED;
    },
    onError: (error) => log.warn({ err: error }, 'holds wait to be ended; trying again'),
  });
}
