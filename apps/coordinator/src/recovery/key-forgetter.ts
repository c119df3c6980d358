import { forgetPayOuts, type Database } from '@billing/database';
import { PeriodicTask } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface KeyForgetterOptions {
  readonly database: Database;
  readonly keysKeptMs: number;
  readonly intervalMs: number;
  readonly batchMax: number;
  readonly log: Log;
}

// Between two batches of a backlog: forgetting is in no hurry and leaves the database to others.
const PAUSE_MS = 200;

/** Forgets idempotency keys and closed drains once they are old enough, a small batch at a time. */
export class KeyForgetter {
  private readonly task: PeriodicTask;

  constructor(private readonly options: KeyForgetterOptions) {
    this.task = new PeriodicTask({
      intervalMs: options.intervalMs,
      run: () => this.forget(),
      onError: (error) => options.log.warn({ err: error }, 'old keys were not forgotten'),
    });
  }

  start(): void {
    this.task.start();
  }

  stop(): Promise<void> {
    return this.task.stop();
  }

  private async forget(): Promise<void | { nextInMs: number }> {
    const { database, keysKeptMs, batchMax, log } = this.options;
    const forgotten = await forgetPayOuts(database, keysKeptMs, batchMax);
    if (forgotten === 0) return;
    log.debug({ forgotten }, 'old keys and closed drains are forgotten');
    return { nextInMs: PAUSE_MS };
  }
}
