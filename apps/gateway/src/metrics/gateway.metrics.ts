import type { Counter, Histogram, Metrics } from '@billing/observability';

export type PublishOutcome = 'accepted' | 'not_sent' | 'unknown';
/** As ArrivalWaits has them. */
export type PositionOutcome = 'arrived' | 'stale' | 'failed';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 5];
/** Up to what a request waits by default, and a little more. */
const POSITION_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What a gateway counts by itself. Labels are patterns of routes and words of ours, never what came in. */
export class GatewayMetrics {
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly published: Counter<'outcome'>;
  private readonly positionWaits: Histogram<'outcome'>;
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
    this.positionWaits = metrics.histogram(
      'billing_position_wait_duration_seconds',
      'Requests that waited for what a position names, by how that ended.',
      POSITION_SECONDS,
      ['outcome'],
    );
    for (const outcome of ['arrived', 'stale', 'failed']) this.positionWaits.zero({ outcome });
  }

  countPublished(outcome: PublishOutcome): void {
    this.published.inc({ outcome });
  }

  observePositionWait(outcome: PositionOutcome, ms: number): void {
    this.positionWaits.observe({ outcome }, ms / 1000);
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
