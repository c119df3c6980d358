import { settleClawbacks, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface ClawbackSettlerOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly log: Log;
}

/** Each may take a drain. */
const CLAWBACKS_MAX = 5;

/** Takes back pay-ins that another datacenter had credited before under the same command id (docs/key-homes.md). */
export class ClawbackSettler {
  private readonly task: PeriodicTask;

  constructor({ database, intervalMs, log }: ClawbackSettlerOptions) {
    this.task = new PeriodicTask({
      intervalMs,
      run: async () => {
        const { settled, open } = await settleClawbacks(database, CLAWBACKS_MAX);
        if (settled > 0)
          log.warn({ settled }, 'pay-ins were credited twice under one command id: taken back');
        if (open > 0) {
          log.warn(
            { open },
            'pay-ins that were credited twice wait for money (docs/runbooks/duplicate-pay-ins.md)',
          );
        }
        return settled + open === CLAWBACKS_MAX ? { nextInMs: 0 } : UNTIL_TRIGGERED;
      },
      onError: (error) => log.warn({ err: error }, 'pay-ins wait to be taken back; trying again'),
    });
  }

  start(): void {
    this.task.start();
  }

  /** Some are there. */
  trigger(): void {
    this.task.trigger();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }
}
