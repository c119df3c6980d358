import { addMissingBalanceRows, sweepMissingBalanceRows, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface BalanceRowFillerOptions {
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly rowsMax: number;
  readonly log: Log;
}

/**
 * Gives every account that arrived by replication its balance row here. Each round takes what the
 * replica trigger has noted; the first rounds of a holder also look at every account there is.
 */
export class BalanceRowFiller {
  private readonly task: PeriodicTask;
  /** Where the sweep goes on; undefined once it is done. */
  private sweepAfterId: bigint | undefined = 0n;

  constructor(private readonly options: BalanceRowFillerOptions) {
    this.task = new PeriodicTask({
      intervalMs: options.intervalMs,
      run: () => this.fill(),
      onError: (error) =>
        options.log.warn({ err: error }, 'balance rows were not made; trying again'),
    });
  }

  start(): void {
    this.task.start();
  }

  /** Accounts have arrived. */
  trigger(): void {
    this.task.trigger();
  }

  async stop(): Promise<void> {
    await this.task.stop();
  }

  private async fill(): Promise<{ nextInMs: number }> {
    const { database, rowsMax } = this.options;
    const taken = await addMissingBalanceRows(database, rowsMax);
    if (this.sweepAfterId !== undefined) await this.sweep(this.sweepAfterId);
    return taken === rowsMax || this.sweepAfterId !== undefined ? { nextInMs: 0 } : UNTIL_TRIGGERED;
  }

  private async sweep(afterId: bigint): Promise<void> {
    const { database, rowsMax, log } = this.options;
    const { lastId, added } = await sweepMissingBalanceRows(database, afterId, rowsMax);
    if (added > 0) log.info({ added }, 'balance rows were missing');
    this.sweepAfterId = lastId;
  }
}
