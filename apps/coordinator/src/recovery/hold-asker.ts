import { askHoldParts, KeptSession, recordHoldAnswers, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';
import { Alarm } from './alarm.js';

export interface HoldAskerOptions {
  readonly nodeId: number;
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly batchMax: number;
  readonly timeoutMs: number;
  readonly log: Log;
}

const LOGGED_MAX = 10;

/**
 * Asks one other node again for what it has not answered of captures, voids and extensions of this node's
 * holds: ask (the other node commits), record (local commit). Both may be repeated.
 */
export class HoldAsker {
  private readonly task: PeriodicTask;
  private readonly refusals: Alarm;
  private readonly failures: Alarm;
  private readonly session: KeptSession;

  constructor(private readonly options: HoldAskerOptions) {
    const { nodeId, intervalMs, log } = options;
    this.refusals = new Alarm((facts) =>
      log.error(facts, 'a node holds something else than holds are asked for; somebody must look'),
    );
    this.failures = new Alarm((facts) =>
      log.warn(facts, 'asks about parts of holds fail at a node; they are asked again'),
    );
    this.session = new KeptSession(options.database);
    this.task = new PeriodicTask({
      intervalMs,
      run: () => this.ask(),
      onError: (error) => {
        this.session.drop();
        log.warn({ err: error, peer: nodeId }, 'parts of holds were not asked; trying again');
      },
    });
  }

  start(): void {
    this.task.start();
  }

  /** Something has not been answered. */
  trigger(): void {
    this.task.trigger();
  }

  async stop(): Promise<void> {
    await this.task.stop();
    this.session.drop();
  }

  private async ask(): Promise<{ nextInMs: number }> {
    const { nodeId, batchMax, timeoutMs } = this.options;
    const answers = await askHoldParts(this.session, [nodeId], undefined, batchMax, timeoutMs);
    if (answers === undefined) return UNTIL_TRIGGERED;
    const { recorded, refused, failed } = await recordHoldAnswers(this.session, answers);
    if (refused.length > 0) {
      this.refusals.raise({ peer: nodeId, refused: refused.slice(0, LOGGED_MAX) });
    }
    if (failed.length > 0) {
      this.failures.raise({ peer: nodeId, failed: failed.slice(0, LOGGED_MAX) });
    }
    // What was refused or has failed is behind the others now.
    const isMore = recorded > 0 && recorded + refused.length + failed.length >= batchMax;
    return isMore ? { nextInMs: 0 } : UNTIL_TRIGGERED;
  }
}
