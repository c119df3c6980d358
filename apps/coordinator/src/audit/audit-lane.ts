import { KeptSession, type AuditWalk, type Database } from '@billing/database';
import { PeriodicTask } from '@billing/lifecycle';
import type { Log } from '@billing/observability';
import { AuditPass, type AuditPassOptions } from './audit-pass.js';

export interface AuditLaneOptions extends Omit<AuditPassOptions, 'database'> {
  readonly database: Database;
  /** Between two steps. */
  readonly intervalMs: number;
  /** From the beginning of a pass to that of the next, at least. */
  readonly passMs: number;
  /** Before the first pass. */
  readonly delayMs: number;
  readonly listWalks: () => Promise<AuditWalk[]>;
  /** All walks were walked; complete: and nothing was left out. */
  readonly onPassed: (isComplete: boolean) => Promise<void>;
  readonly log: Log;
}

/**
 * Walks several walks one after the other, a full batch an interval, then waits for the next pass.
 * waiting -> walking (first walk) -> … -> walking (last walk) -> waiting
 */
export class AuditLane {
  private readonly task: PeriodicTask;
  private readonly session: KeptSession;
  private isDelayed: boolean;
  private beganAtMs = 0;
  /** What is left to walk in the pass under way; undefined between two passes. */
  private walks: AuditWalk[] | undefined;
  private pass: AuditPass | undefined;
  private isComplete = true;

  constructor(private readonly options: AuditLaneOptions) {
    this.isDelayed = options.delayMs > 0;
    this.session = new KeptSession(options.database);
    this.task = new PeriodicTask({
      intervalMs: options.intervalMs,
      run: (stopping) => this.walkOn(stopping),
      onError: (error) => this.onError(error),
    });
  }

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    const stopped = this.task.stop();
    this.session.close();
    await stopped;
  }

  private async walkOn(stopping: AbortSignal): Promise<void | { nextInMs: number }> {
    if (this.isDelayed) {
      this.isDelayed = false;
      return { nextInMs: this.options.delayMs };
    }
    if (this.walks === undefined) {
      this.walks = await this.options.listWalks();
      this.beganAtMs = performance.now();
      this.isComplete = true;
    }
    while (!stopping.aborted) {
      this.pass ??= this.nextPass();
      if (this.pass === undefined) return this.endPass();
      const { isOver, isComplete } = await this.pass.step();
      if (!isOver) return;
      this.isComplete &&= isComplete;
      this.pass = undefined;
    }
  }

  private nextPass(): AuditPass | undefined {
    const walk = this.walks?.shift();
    return walk && new AuditPass(walk, { ...this.options, database: this.session });
  }

  private async endPass(): Promise<{ nextInMs: number }> {
    const { passMs, intervalMs, onPassed } = this.options;
    this.walks = undefined;
    await onPassed(this.isComplete);
    return { nextInMs: Math.max(intervalMs, passMs - (performance.now() - this.beganAtMs)) };
  }

  private onError(error: unknown): void {
    const walk = this.pass?.walk.name;
    this.options.log.warn({ err: error, walk }, 'an audit step failed; trying again');
    if (this.pass?.isStuck !== true) return;
    this.isComplete = false;
    this.pass = undefined;
  }
}
