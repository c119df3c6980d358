import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import prometheus, { type Counter, type Gauge, type Histogram } from 'prom-client';

export type { Counter, Gauge, Histogram };

export interface MetricsOptions {
  readonly app: string;
  readonly nodeId: number;
}

/** What a pool of connections holds now. */
export interface PoolState {
  readonly max: number;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** What a scrape is answered with. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

const EXPOSITION_AGE_MAX_MS = 250;

/**
 * How often the event loop's lag is sampled; a sample is the time since the one before. prom-client's own 10 ms wake
 * an idle process a hundred times a second: 0.35 % of a core each instead of 0.12 (docs/measurements.md).
 */
const EVENT_LOOP_SAMPLE_MS = 100;

/**
 * The metrics of one process, each with the labels `app` and `node`. Names are billing_<thing>_<unit> in
 * base units; docs/metrics.md lists all of them, and a spec compares. A label has few values, known
 * beforehand: never an account, a key or anything else that a client sent.
 *
 * An observation costs 0.45 µs and a count 0.3 µs (measured, Node 20), so a batch or a pay-out may have
 * one, a message of a batch may not.
 */
export class Metrics {
  readonly readingErrors: Counter<'reading'>;
  readonly readingTimestamp: Gauge<'reading'>;
  private readonly registry = new prometheus.Registry();
  private readonly pools = new Map<string, () => PoolState>();
  private latest: { readonly atMs: number; readonly exposition: Promise<Exposition> } | undefined;

  constructor({ app, nodeId }: MetricsOptions) {
    this.registry.setDefaultLabels({ app, node: String(nodeId) });
    prometheus.collectDefaultMetrics({
      register: this.registry,
      eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS,
    });
    this.gauge('billing_build_info', 'Always 1; its label says which version runs.', ['version'])
      .labels(packageVersion())
      .set(1);
    this.addPools();
    this.addDisk();
    this.readingErrors = this.counter(
      'billing_metrics_read_errors_total',
      'Readings for metrics that failed; until the next good one their metrics are absent.',
      ['reading'],
    );
    this.readingTimestamp = this.gauge(
      'billing_metrics_read_timestamp_seconds',
      'When a reading for metrics last succeeded.',
      ['reading'],
    );
  }

  counter<L extends string = never>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new prometheus.Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** @param collect called at each scrape, to set what costs nothing to know */
  gauge<L extends string = never>(
    name: string,
    help: string,
    labelNames: L[] = [],
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L> {
    return new prometheus.Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      ...(collect && {
        collect(this: Gauge<L>) {
          return collect(this);
        },
      }),
    });
  }

  histogram<L extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: L[] = [],
  ): Histogram<L> {
    return new prometheus.Histogram({
      name,
      help,
      labelNames,
      buckets: [...buckets],
      registers: [this.registry],
    });
  }

  /** Shows a pool of connections from now on. */
  watchPool(pool: string, state: () => PoolState): void {
    this.pools.set(pool, state);
  }

  /** Made four times a second at most, however many ask: nobody needs a token to. */
  expose(): Promise<Exposition> {
    const nowMs = performance.now();
    if (this.latest === undefined || nowMs - this.latest.atMs >= EXPOSITION_AGE_MAX_MS) {
      this.latest = { atMs: nowMs, exposition: this.make() };
    }
    return this.latest.exposition;
  }

  private async make(): Promise<Exposition> {
    const text = await this.registry.metrics();
    return { contentType: this.registry.contentType, text };
  }

  private addPools(): void {
    const show = (gauge: Gauge<'pool'>, figure: (state: PoolState) => number): void => {
      for (const [pool, state] of this.pools) gauge.labels(pool).set(figure(state()));
    };
    this.gauge(
      'billing_database_pool_connections',
      'Connections to PostgreSQL, by pool and state (in_use, idle).',
      ['pool', 'state'],
      (gauge) => {
        for (const [pool, state] of this.pools) {
          const { total, idle } = state();
          gauge.labels(pool, 'in_use').set(total - idle);
          gauge.labels(pool, 'idle').set(idle);
        }
      },
    );
    this.gauge(
      'billing_database_pool_connections_max',
      'Connections to PostgreSQL that a pool may have.',
      ['pool'],
      (gauge) => show(gauge, ({ max }) => max),
    );
    this.gauge(
      'billing_database_pool_waiting_requests',
      'Calls that wait for a connection to PostgreSQL.',
      ['pool'],
      (gauge) => show(gauge, ({ waiting }) => waiting),
    );
  }

  /** Of the file system that the process runs on; PostgreSQL and Kafka beside it use the same by default. */
  private addDisk(): void {
    const show = async (gauge: Gauge, figure: 'bavail' | 'blocks'): Promise<void> => {
      const disk = await statfs(process.cwd());
      gauge.set(disk[figure] * disk.bsize);
    };
    this.gauge('billing_disk_free_bytes', 'Room left on the disk of this process.', [], (gauge) =>
      show(gauge, 'bavail'),
    );
    this.gauge('billing_disk_size_bytes', 'Size of the disk of this process.', [], (gauge) =>
      show(gauge, 'blocks'),
    );
  }
}

/** Every package of the repository bears the one version of the product. */
function packageVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
