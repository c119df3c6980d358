import {
  closeByReplicas,
  decideDrain,
  listLateAttempts,
  rejectLatePayOuts,
  type Database,
} from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface DrainRecoveryOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly batchMax: number;
  /** Something was decided that donors do not know yet. */
  readonly onDecided: () => void;
  readonly log: Log;
}

/**
 * Ends what a crash, a cut link or a lost answer left behind at this node, at start and then whenever there is
 * some. Attempts whose coordinator is gone are aborted (their client heard nothing: nothing moved),
 * pay-outs that died between two attempts are rejected, and decisions of other nodes are carried out
 * as soon as replication brings them. What only the other node can tell is asked by DecisionAsker.
 */
export class DrainRecovery {
  private readonly task: PeriodicTask;

  constructor(private readonly options: DrainRecoveryOptions) {
    this.task = new PeriodicTask({
      intervalMs: options.intervalMs,
      run: (stopping) => this.recover(stopping),
      onError: (error) => options.log.warn({ err: error }, 'recovery failed; trying again'),
    });
  }

  start(): void {
    this.task.start();
  }

  /** Something is left behind. */
  trigger(): void {
    this.task.trigger();
  }

  stop(): Promise<void> {
    return this.task.stop();
  }

  private async recover(stopping: AbortSignal): Promise<void | { nextInMs: number }> {
    const { database, batchMax } = this.options;
    const steps = [
      () => this.abortLateAttempts(stopping),
      () => rejectLatePayOuts(database, batchMax),
      () => closeByReplicas(database, batchMax),
    ];
    let isMoreWaiting = false;
    let failure: unknown;
    // Each for itself: one that fails again and again stops no other.
    for (const step of steps) {
      if (stopping.aborted) return;
      try {
        if ((await step()) >= batchMax) isMoreWaiting = true;
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return isMoreWaiting ? { nextInMs: 0 } : UNTIL_TRIGGERED;
  }

  /** One a transaction, so that one that cannot be aborted now holds up no other. */
  private async abortLateAttempts(stopping: AbortSignal): Promise<number> {
    const { database, batchMax, log, onDecided } = this.options;
    let aborted = 0;
    for (const attemptId of await listLateAttempts(database, batchMax)) {
      if (stopping.aborted) break;
      try {
        await decideDrain(database, { attemptId, answers: [], askedNodes: [], isLast: true });
        aborted += 1;
      } catch (error) {
        log.warn({ err: error, attempt: attemptId }, 'a late attempt was not aborted');
      }
    }
    if (aborted === 0) return 0;
    log.info({ aborted }, 'attempts past their deadline were aborted');
    onDecided();
    return aborted;
  }
}
