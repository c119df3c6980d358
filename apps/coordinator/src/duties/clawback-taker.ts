import { takeClawbacks, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface ClawbackTakerOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly log: Log;
}

const CLAWBACKS_MAX = 200;

/** Takes back pay-ins that another datacenter had credited before under the same command id (docs/key-homes.md). */
export function makeClawbackTaker({
  database,
  intervalMs,
  log,
}: ClawbackTakerOptions): PeriodicTask {
  return new PeriodicTask({
    intervalMs,
    run: async () => {
      const { taken, open, hasMore } = await takeClawbacks(database, CLAWBACKS_MAX);
      if (taken > 0) {
        log.warn({ taken }, 'pay-ins were credited twice under one command id: taken back');
      }
      if (open > 0) {
        log.warn(
          { open },
          'pay-ins that were credited twice wait for money (docs/runbooks/duplicate-pay-ins.md)',
        );
      }
      return hasMore ? { nextInMs: 0 } : UNTIL_TRIGGERED;
    },
    onError: (error) => log.warn({ err: error }, 'pay-ins wait to be taken back; trying again'),
  });
}
