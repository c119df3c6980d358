import type { Database, ParkedRetry, PayInBatchOutcome } from '@billing/database';
import type { Counter, Histogram, Metrics } from '@billing/observability';
import type { BatchCall } from './pay-in-batch-applier.js';

const MESSAGES = [1, 10, 100, 500, 1_000, 2_000, 4_000, 8_000];
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const outcomes = ['applied', 'duplicate', 'parked', 'dead'] as const;
const statuses = ['stored', 'seen', 'gap', 'fenced', 'halted'] as const;

/** What a worker counts: a few numbers a batch, whatever the batch holds. */
export class LedgerWorkerMetrics {
  private readonly payIns: Counter<'outcome'>;
  private readonly retries: Counter<'outcome'>;
  private readonly batches: Counter<'status'>;
  private readonly batchMessages: Histogram;
  private readonly batchDurations: Histogram;

  constructor(metrics: Metrics, database: Database) {
    metrics.watchPool('worker', () => database.poolState);
    this.payIns = metrics.counter(
      'billing_pay_ins_total',
      'Messages of the topic by what became of them.',
      ['outcome'],
    );
    this.retries = metrics.counter(
      'billing_parked_pay_ins_ended_total',
      'Parked pay-ins by what became of them in the end.',
      ['outcome'],
    );
    this.batches = metrics.counter(
      'billing_pay_in_batches_total',
      'Calls of billing.apply_pay_ins by what they answered.',
      ['status'],
    );
    this.batchMessages = metrics.histogram(
      'billing_pay_in_batch_messages',
      'Messages in one call of billing.apply_pay_ins.',
      MESSAGES,
    );
    this.batchDurations = metrics.histogram(
      'billing_pay_in_batch_duration_seconds',
      'Calls of billing.apply_pay_ins that PostgreSQL answered.',
      SECONDS,
    );
    // Series that are there from the start show their first event as an increase.
    for (const outcome of outcomes) this.payIns.inc({ outcome }, 0);
    for (const outcome of ['applied', 'dead']) this.retries.inc({ outcome }, 0);
    for (const status of statuses) this.batches.inc({ status }, 0);
  }

  applied(outcome: PayInBatchOutcome, call: BatchCall): void {
    this.batches.inc({ status: outcome.status });
    this.batchMessages.observe(call.messages);
    this.batchDurations.observe(call.durationMs / 1000);
    this.count('applied', outcome.applied);
    this.count('duplicate', outcome.duplicates);
    this.count('parked', outcome.parked);
    this.count('dead', outcome.dead);
  }

  retried(retry: ParkedRetry): void {
    if (retry.applied > 0) this.retries.inc({ outcome: 'applied' }, retry.applied);
    if (retry.dead > 0) this.retries.inc({ outcome: 'dead' }, retry.dead);
  }

  private count(outcome: (typeof outcomes)[number], messages: number): void {
    if (messages > 0) this.payIns.inc({ outcome }, messages);
  }
}
