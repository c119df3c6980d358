import { endHolds, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';
import { Alarm } from '../recovery/alarm.js';

export interface HoldEnderOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly log: Log;
}

/** A transaction: their accounts' rows are locked until its end. */
const HOLDS_MAX = 50;
const LOGGED_MAX = 10;

/** Gives back what this node holds of holds whose time is over by its clock, whoever their home is (docs/holds.md). */
export function makeHoldEnder({ database, intervalMs, log }: HoldEnderOptions): PeriodicTask {
  const failures = new Alarm((facts) => log.error(facts, 'holds that are over are not ended'));
  let after = '';
  return new PeriodicTask({
    intervalMs,
    run: async () => {
      const { skipped, nextAfter } = await endHolds(database, HOLDS_MAX, after);
      after = nextAfter ?? '';
      if (skipped.length > 0) failures.raise({ skipped: skipped.slice(0, LOGGED_MAX) });
      return nextAfter === undefined ? UNTIL_TRIGGERED : { nextInMs: 0 };
    },
    onError: (error) => {
      after = '';
      log.warn({ err: error }, 'holds wait to be ended; trying again');
    },
  });
}
