import { moveRefunds, undoDuplicates, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface DuplicateUndoerOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  /** How long other nodes have for their answers about refunds that move there. */
  readonly peerTimeoutMs: number;
  readonly log: Log;
}

const PAY_OUTS_MAX = 20;
const REFUNDS_MAX = 100;

/**
 * Gives back pay-outs of this node that another datacenter had made under the same key (docs/key-homes.md), and has what was
 * refunded of them refunded of those (docs/refunds.md).
 */
export function makeDuplicateUndoer({
  database,
  intervalMs,
  peerTimeoutMs,
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
      const { moved, open } = await moveRefunds(database, REFUNDS_MAX, peerTimeoutMs);
      if (moved > 0) log.warn({ moved }, 'refunds of pay-outs that were made twice have moved');
      if (open > 0) {
        log.warn({ open }, 'refunds wait for the datacenter of the pay-out that stands');
      }
      const isMore = undone + leftOver === PAY_OUTS_MAX || moved + open === REFUNDS_MAX;
      return isMore ? { nextInMs: 0 } : UNTIL_TRIGGERED;
    },
    onError: (error) => log.warn({ err: error }, 'pay-outs wait to be given back; trying again'),
  });
}
