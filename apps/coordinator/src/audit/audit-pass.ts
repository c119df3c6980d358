import {
  auditStep,
  DatabaseError,
  recordAudit,
  type AuditFinding,
  type AuditStep,
  type AuditWalk,
  type Caller,
} from '@billing/database';
import { LeaseOverError } from '../holder/node-holder.js';

export interface AuditPassOptions {
  readonly database: Caller;
  readonly batchMax: number;
  readonly doubtMs: number;
  readonly lease: bigint;
  readonly onAppeared: (findings: readonly AuditFinding[]) => void;
  readonly onResolved: (findings: readonly AuditFinding[]) => void;
}

// Above billing_peer's statement_timeout, 10 s: a slow answer over there ends as a refusal, and opens no
// breaker that drains would run into.
const PEER_TIMEOUT_MS = 12_000;
// A step that takes longer is followed by smaller ones, one that takes less by larger ones.
const STEP_LONG_MS = 500;
const STEP_SHORT_MS = 100;
const FAILURES_MAX = 3;

/**
 * One walk from its beginning to its end, a step at a time. What it finds is published with each step; what
 * it no longer finds is resolved at the end, unless it had to leave something out.
 */
export class AuditPass {
  private after = '';
  private checked = 0;
  private batch: number;
  private isComplete = true;
  private hasBegun = false;
  private failures = 0;

  constructor(
    readonly walk: AuditWalk,
    private readonly options: AuditPassOptions,
  ) {
    this.batch = options.batchMax;
  }

  /** @returns whether the walk is over, and nothing was left out. @throws DatabaseError */
  async step(): Promise<{ readonly isOver: boolean; readonly isComplete: boolean }> {
    const startMs = performance.now();
    let step: AuditStep;
    try {
      step = await auditStep(this.options.database, this.walk, {
        after: this.after,
        limit: this.batch,
        timeoutMs: PEER_TIMEOUT_MS,
        doubtMs: this.options.doubtMs,
      });
    } catch (error) {
      if (isOfTheWalk(error)) {
        this.failures += 1;
        this.batch = Math.max(1, Math.floor(this.batch / 4));
      }
      throw error;
    }
    this.failures = 0;
    this.adapt(performance.now() - startMs);
    if (step.status !== 'checked') this.isComplete = false;
    // A node that is away, or far behind, stays so for the rest of this pass.
    const isAway = step.status !== 'checked' && this.walk.peer !== undefined;
    const isOver = step.next === undefined || isAway;
    this.checked += step.checked;
    this.after = step.next ?? this.after;
    if (isOver || !this.hasBegun || step.findings.length > 0) await this.publish(step, isOver);
    return { isOver, isComplete: this.isComplete };
  }

  /** It failed so often that the other walks go first. */
  get isStuck(): boolean {
    return this.failures >= FAILURES_MAX;
  }

  private async publish(step: AuditStep, isOver: boolean): Promise<void> {
    const { appeared, resolved } = await recordAudit(this.options.database, {
      walk: this.walk.name,
      isFirst: !this.hasBegun,
      status: step.status,
      checked: this.checked,
      findings: step.findings,
      isLast: isOver,
      isComplete: this.isComplete,
      lease: this.options.lease,
    });
    this.hasBegun = true;
    if (appeared.length > 0) this.options.onAppeared(appeared);
    if (resolved.length > 0) this.options.onResolved(resolved);
  }

  private adapt(tookMs: number): void {
    if (tookMs > STEP_LONG_MS) this.batch = Math.max(1, Math.floor(this.batch / 2));
    else if (tookMs < STEP_SHORT_MS) this.batch = Math.min(this.options.batchMax, this.batch * 2);
  }
}

/** An outage, or a lease that is late, would stop any other walk as well: the step is made again when it is over. */
function isOfTheWalk(error: unknown): boolean {
  if (error instanceof LeaseOverError) return false;
  return !(error instanceof DatabaseError && error.retryable && error.kind !== 'timeout');
}
