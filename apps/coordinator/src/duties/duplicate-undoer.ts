import { undoDuplicates, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface DuplicateUndoerOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly log: Log;
}

const PAY_OUTS_MAX = 20;

/** Gives back pay-outs of this node that another datacenter had made under the same key (docs/key-homes.md). */
export function makeDuplicateUndoer({
  database,
  intervalMs,
  log,
}: DuplicateUndoerOptions): PeriodicTask {
  return new PeriodicTask({
    intervalMs,
    run: async () => {
      const { undone, leftOver } = await undoDuplicates(database, PAY_OUTS_MAX);
      if (undone > 0) log.warn({ undone }, 'pay-outs were made twice under one key: given back');
      if (leftOver > 0) {
        log.error(
          { leftOver },
          'pay-outs cannot be given back now (docs/runbooks/duplicate-pay-outs.md)',
        );
      }
      return undone + leftOver === PAY_OUTS_MAX ? { nextInMs: 0 } : UNTIL_TRIGGERED;
    },
    onError: (error) => log.warn({ err: error }, 'pay-outs wait to be given back; trying again'),
  });
}
