import { TokenVerifier } from '@billing/auth';
import type { CoordinatorConfig } from '@billing/config';
import {
  assertDatabaseMatches,
  Database,
  takesWrites,
  type DatabaseOptions,
} from '@billing/database';
import { Metrics, type Log } from '@billing/observability';
import { AccountDesk } from './accounts/account-desk.js';
import { CoordinatorSettings } from './grpc/call-deadline.js';
import { ClientAccess } from './grpc/client-access.js';
import { NodeReadings } from './metrics/node-readings.js';
import { PayOutMetrics } from './metrics/pay-out.metrics.js';
import { NodeDuties } from './duties/node-duties.js';
import { NodeHolder } from './holder/node-holder.js';
import { DrainRunner } from './pay-outs/drain-runner.js';
import { PayOutDesk } from './pay-outs/pay-out-desk.js';
import { PayOutStreams } from './pay-outs/pay-out-streams.js';
import { ReserveSessions } from './pay-outs/reserve-sessions.js';

// Two a peer (62 at most), one each for recovery, balance rows, lists and forgetting, and two for the
// auditor.
const DUTIES_POOL_MAX = 131;

// Of readings for metrics: they are made again, and stopping waits for one under way.
const READING_POOL_MAX = 2;
const READING_TIMEOUT_MS = 2_000;

/** Everything a coordinator is made of, wired by hand: Nest only hears calls. */
export class Coordinator {
  readonly metrics: Metrics;
  readonly database: Database;
  readonly access: ClientAccess;
  readonly desk: AccountDesk;
  readonly payOuts: PayOutDesk;
  readonly payOutStreams: PayOutStreams;
  readonly settings: CoordinatorSettings;
  private readonly holderDatabase: Database;
  private readonly dutiesDatabase: Database;
  private readonly drainDatabase: Database;
  private readonly reserveDatabase: Database;
  private readonly payOutDatabase: Database;
  private readonly readingDatabase: Database;
  private readonly lockDatabase: Database;
  private readonly reserveSessions: ReserveSessions;
  private readonly holder: NodeHolder<NodeDuties>;
  private readonly readings: NodeReadings;

  constructor(
    private readonly config: CoordinatorConfig,
    private readonly log: Log,
  ) {
    this.metrics = new Metrics({ app: 'coordinator', nodeId: config.nodeId });
    const payOutMetrics = new PayOutMetrics(this.metrics);
    const connect = (applicationName: string, poolMax: number): Database =>
      this.connect(applicationName, poolMax);
    this.database = connect('billing coordinator', config.database.poolMax);
    this.holderDatabase = connect('billing coordinator holder', 1);
    this.dutiesDatabase = this.connect('billing coordinator duties', DUTIES_POOL_MAX, {
      mayCall: () => this.holder.assertHeld(),
    });
    // Each kind of work has connections of its own: a pay-out waits for no drain and no lookup.
    const { payOuts, drains } = config;
    this.payOutDatabase = connect('billing coordinator pay-outs', payOuts.callsMax);
    this.drainDatabase = connect('billing coordinator drains', config.database.poolMax);
    // One more than are used at once: that one is being looked after.
    this.reserveDatabase = connect('billing coordinator reserves', drains.sessionsMax + 1);
    this.readingDatabase = this.connect('billing coordinator metrics', READING_POOL_MAX, {
      statementTimeoutMs: READING_TIMEOUT_MS,
    });
    this.lockDatabase = this.connect('billing coordinator locks', 1, {
      statementTimeoutMs: READING_TIMEOUT_MS,
    });
    this.access = new ClientAccess(TokenVerifier.create(config.jwt));
    this.settings = new CoordinatorSettings(config.grpc.callDeadlineMs);
    this.holder = this.makeHolder();
    this.desk = new AccountDesk({
      database: this.database,
      peerTimeoutMs: config.holder.peerTimeoutMs,
      // Another coordinator that holds the node finds them within its interval.
      onSharesPlanned: () => this.holder.duties?.triggerTransfers(),
    });
    this.reserveSessions = new ReserveSessions({
      database: this.reserveDatabase,
      sessionsMax: drains.sessionsMax,
      nodeId: config.nodeId,
      timeoutMs: drains.reserveTimeoutMs,
      onMore: () => runner.trigger(),
      log,
    });
    const runner = new DrainRunner({
      nodeId: config.nodeId,
      database: this.drainDatabase,
      sessions: this.reserveSessions,
      reserveTimeoutMs: drains.reserveTimeoutMs,
      batchSizeMax: drains.batchSizeMax,
      openMax: payOuts.openMax,
      onDecided: () => this.holder.duties?.triggerDecisions(),
      onVerdict: (verdict) => payOutMetrics.decided(verdict),
      log,
    });
    this.payOuts = new PayOutDesk({
      ...payOuts,
      nodeId: config.nodeId,
      payOutDatabase: this.payOutDatabase,
      readDatabase: this.database,
      runner,
      bounds: payOuts,
      peerTimeoutMs: config.holder.peerTimeoutMs,
      metrics: payOutMetrics,
    });
    this.payOutStreams = new PayOutStreams({
      access: this.access,
      payOut: (clientId, request) => this.payOuts.payOut(clientId, request),
      openPerStreamMax: payOuts.openPerStreamMax,
      log,
    });
    this.readings = this.showNode();
  }

  /** @throws DatabaseMismatchError, DatabaseError */
  async assertDatabaseMatches(): Promise<void> {
    await assertDatabaseMatches(this.database, this.config.nodeId);
  }

  /** The duties of this node, if no other coordinator has them, and what drains need at hand. */
  start(): void {
    this.holder.start();
    this.reserveSessions.start();
    this.readings.start();
  }

  /** Takes no new pay-outs, and ends once those it has taken are answered, or the time is over. */
  async finishPayOuts(withinMs: number): Promise<void> {
    this.payOutStreams.stop();
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      late = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.payOuts.stop(), tooLate]);
    clearTimeout(late);
  }

  /** What cannot be used now, by name. Not holding the node is no fault: another one may. */
  async faults(): Promise<Record<string, string>> {
    try {
      await this.assertDatabaseMatches();
      if (await takesWrites(this.database)) return {};
      return { postgresql: 'it is read-only: no pay-outs until it takes writes again' };
    } catch (error) {
      return { postgresql: String(error) };
    }
  }

  /** After calls are no longer taken. */
  async close(): Promise<void> {
    await Promise.all([this.holder.stop(), this.reserveSessions.stop(), this.readings.stop()]);
    const databases = [
      this.database,
      this.payOutDatabase,
      this.drainDatabase,
      this.reserveDatabase,
      this.holderDatabase,
      this.dutiesDatabase,
      this.readingDatabase,
      this.lockDatabase,
    ];
    await Promise.all(databases.map((one) => one.close()));
  }

  private makeHolder(): NodeHolder<NodeDuties> {
    const { log, holderDatabase: database, dutiesDatabase } = this;
    const { holder, audit } = this.config;
    return new NodeHolder({
      database,
      intervalMs: holder.heartbeatMs,
      leaseMs: holder.leaseMs,
      makeDuties: (lease) => new NodeDuties(dutiesDatabase, holder, { ...audit, lease }, log),
      log,
    });
  }

  /** What a scrape finds besides what pay-outs count by themselves. */
  private showNode(): NodeReadings {
    const { metrics, config, log } = this;
    metrics.watchPool('calls', () => this.database.poolState);
    metrics.watchPool('pay_outs', () => this.payOutDatabase.poolState);
    metrics.watchPool('drains', () => this.drainDatabase.poolState);
    metrics.watchPool('reserves', () => this.reserveDatabase.poolState);
    metrics.watchPool('holder', () => this.holderDatabase.poolState);
    metrics.watchPool('duties', () => this.dutiesDatabase.poolState);
    metrics.watchPool('metrics', () => this.readingDatabase.poolState);
    metrics.watchPool('locks', () => this.lockDatabase.poolState);
    metrics.gauge(
      'billing_node_holder',
      '1: this coordinator holds the node and does its duties.',
      [],
      (gauge) => gauge.set(this.holder.duties === undefined ? 0 : 1),
    );
    metrics.gauge(
      'billing_pay_outs_open',
      'Pay-outs that were taken and not yet answered.',
      [],
      (gauge) => gauge.set(this.payOuts.openCount),
    );
    return new NodeReadings(metrics, {
      database: this.readingDatabase,
      lockDatabase: this.lockDatabase,
      nodeId: config.nodeId,
      intervalMs: config.metrics.intervalMs,
      log,
    });
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
