import type { Counter, Histogram, Metrics } from '@billing/observability';

export type PublishOutcome = 'accepted' | 'not_sent' | 'unknown';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 5];

/** What a gateway counts by itself. Labels are patterns of routes and words of ours, never what came in. */
export class GatewayMetrics {
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly published: Counter<'outcome'>;
  private payOuts = 0;

  /** Pay-outs that this gateway has answered with 201. */
  get payOutsMade(): number {
    return this.payOuts;
  }

  constructor(metrics: Metrics) {
    this.requests = metrics.histogram(
      'billing_http_request_duration_seconds',
      'HTTP requests from their first byte to their answer, health and metrics left out.',
      SECONDS,
      ['method', 'route', 'status'],
    );
    this.published = metrics.counter(
      'billing_pay_ins_published_total',
      'Pay-ins handed to Kafka, by what the broker said.',
      ['outcome'],
    );
    for (const outcome of ['accepted', 'not_sent', 'unknown']) this.published.inc({ outcome }, 0);
  }

  countPublished(outcome: PublishOutcome): void {
    this.published.inc({ outcome });
  }

  observeRequest(method: string, route: string | undefined, status: number, ms: number): void {
    if (status === 201 && route === '/v1/pay-outs') this.payOuts += 1;
    this.requests.observe(
      route === undefined
        ? { method: 'other', route: 'none', status: String(status) }
        : { method, route, status: String(status) },
      ms / 1000,
    );
  }
}
