import type { Counter, Histogram, Metrics } from '@billing/observability';

/**
 * `local`: the part of this node covered it or nothing was asked elsewhere; `drained`: a drain was begun; `handed_over`: another
 * node decides, the home of its key.
 */
export type PayOutPath = 'local' | 'drained' | 'handed_over';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const REQUESTS = [1, 2, 5, 10, 25, 50, 100, 250];

/** What a coordinator counts of pay-outs: one observation each, one a call of SQL. */
export class PayOutMetrics {
  private readonly durations: Histogram<'path' | 'status'>;
  private readonly callRequests: Histogram;
  private readonly callDurations: Histogram;
  private readonly verdicts: Counter<'verdict'>;

  constructor(metrics: Metrics) {
    this.durations = metrics.histogram(
      'billing_pay_out_duration_seconds',
      'Pay-outs from their request to their answer, by path (local, drained, handed_over) and what was answered.',
      SECONDS,
      ['path', 'status'],
    );
    this.callRequests = metrics.histogram(
      'billing_pay_out_call_requests',
      'Pay-outs that share one call of billing.pay_out.',
      REQUESTS,
    );
    this.callDurations = metrics.histogram(
      'billing_pay_out_call_duration_seconds',
      'Calls of billing.pay_out that PostgreSQL answered.',
      SECONDS,
    );
    this.verdicts = metrics.counter(
      'billing_drain_decisions_total',
      'Decisions on attempts of drains, by verdict.',
      ['verdict'],
    );
    // Series that are there from the start show their first event as an increase.
    for (const path of ['local', 'drained', 'handed_over'] as const) {
      this.durations.zero({ path, status: 'committed' });
    }
    this.verdicts.inc({ verdict: 'committed' }, 0);
  }

  /** @param status committed, replayed, or why not, in lower case */
  answered(path: PayOutPath, status: string, durationMs: number): void {
    this.durations.observe({ path, status }, durationMs / 1000);
  }

  called(requests: number, durationMs: number): void {
    this.callRequests.observe(requests);
    this.callDurations.observe(durationMs / 1000);
  }

  decided(verdict: string): void {
    this.verdicts.inc({ verdict });
  }
}
