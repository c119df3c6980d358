import type { CoordinatorConfig } from '@billing/config';
import { Database, type DatabaseOptions } from '@billing/database';
import type { Log, Metrics } from '@billing/observability';

// Three a peer (62 at most), one each for recovery, balance rows, lists and forgetting, and two for the
// auditor.
const DUTIES_POOL_MAX = 193;

// Of readings for metrics: they are made again, and stopping waits for one under way.
const READING_POOL_MAX = 2;
const READING_TIMEOUT_MS = 2_000;

/** Each kind of work has connections of its own: a pay-out waits for no drain and no lookup. */
export class CoordinatorDatabases {
  readonly calls: Database;
  readonly payOuts: Database;
  readonly drains: Database;
  readonly reserves: Database;
  readonly handOvers: Database;
  readonly holds: Database;
  readonly holder: Database;
  readonly duties: Database;
  readonly readings: Database;
  readonly locks: Database;

  constructor(
    private readonly config: CoordinatorConfig,
    private readonly log: Log,
    /** Before each call of a duty; throws when the node is not held. */
    mayDo: () => void,
  ) {
    const { database, payOuts, holds, drains } = config;
    const readingTimeout = { statementTimeoutMs: READING_TIMEOUT_MS };
    this.calls = this.connect('billing coordinator', database.poolMax);
    this.payOuts = this.connect('billing coordinator pay-outs', payOuts.callsMax);
    this.drains = this.connect('billing coordinator drains', database.poolMax);
    // One more than are used at once: that one is being looked after.
    this.reserves = this.connect('billing coordinator reserves', drains.sessionsMax + 1);
    this.handOvers = this.connect(
      'billing coordinator hand-overs',
      payOuts.handOverSessionsMax + 1,
    );
    // Calls here, and sessions to other nodes, of which one is being looked after.
    this.holds = this.connect(
      'billing coordinator holds',
      payOuts.callsMax + holds.sessionsMax + 1,
    );
    this.holder = this.connect('billing coordinator holder', 1);
    this.duties = this.connect('billing coordinator duties', DUTIES_POOL_MAX, { mayCall: mayDo });
    this.readings = this.connect('billing coordinator metrics', READING_POOL_MAX, readingTimeout);
    this.locks = this.connect('billing coordinator locks', 1, readingTimeout);
  }

  showIn(metrics: Metrics): void {
    for (const [pool, database] of this.named()) {
      metrics.watchPool(pool, () => database.poolState);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.named().map(([, database]) => database.close()));
  }

  /** By the names that the metrics have for them. */
  private named(): [string, Database][] {
    return [
      ['calls', this.calls],
      ['pay_outs', this.payOuts],
      ['drains', this.drains],
      ['reserves', this.reserves],
      ['hand_overs', this.handOvers],
      ['holds', this.holds],
      ['holder', this.holder],
      ['duties', this.duties],
      ['metrics', this.readings],
      ['locks', this.locks],
    ];
  }

  private connect(
    applicationName: string,
    poolMax: number,
    bounds: Pick<DatabaseOptions, 'statementTimeoutMs' | 'mayCall'> = {},
  ): Database {
    return new Database({
      ...this.config.database,
      ...bounds,
      applicationName,
      poolMax,
      onIdleError: (error) =>
        this.log.warn({ err: error }, 'lost an idle connection to PostgreSQL'),
    });
  }
}
