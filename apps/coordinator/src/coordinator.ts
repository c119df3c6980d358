import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ServerCredentials } from '@grpc/grpc-js';
import type { GrpcOptions } from '@nestjs/microservices';
import { RateLimiter, TokenVerifier } from '@billing/auth';
import { readTlsFiles, type CoordinatorConfig } from '@billing/config';
import { assertDatabaseMatches, takesWrites, untilDatabaseMatches } from '@billing/database';
import { PeriodicTask, type App, type StartProgress } from '@billing/lifecycle';
import {
  checkReadiness,
  ManagementServer,
  Metrics,
  NestLog,
  type Log,
} from '@billing/observability';
import { AccountDesk } from './accounts/account-desk.js';
import { CatalogueDesk } from './catalogue/catalogue-desk.js';
import { PriceList } from './catalogue/price-list.js';
import { CoordinatorDatabases } from './coordinator-databases.js';
import { CoordinatorModule, grpcOptions } from './coordinator.module.js';
import { NodeDuties } from './duties/node-duties.js';
import { describeError } from './grpc/billing-error.filter.js';
import { CoordinatorSettings } from './grpc/call-deadline.js';
import { CallerAddresses } from './grpc/caller-addresses.js';
import { ClientAccess } from './grpc/client-access.js';
import { GrpcServices } from './grpc/grpc-services.js';
import { UpgradeGate } from './grpc/upgrade-gate.js';
import { serverCredentials } from './grpc/server-credentials.js';
import { Reflection } from './grpc/reflection.js';
import { HoldDesk } from './holds/hold-desk.js';
import { HoldHandOvers } from './holds/hold-hand-overs.js';
import { NodeHolder } from './holder/node-holder.js';
import { LetterDesk } from './letters/letter-desk.js';
import { NodeReadings } from './metrics/node-readings.js';
import { PayOutMetrics } from './metrics/pay-out.metrics.js';
import { DrainRunner } from './pay-outs/drain-runner.js';
import { HandOvers } from './pay-outs/hand-overs.js';
import { PayOutDesk } from './pay-outs/pay-out-desk.js';
import { PayOutStreams } from './pay-outs/pay-out-streams.js';
import { PeerSessions } from './pay-outs/peer-sessions.js';
import { RefundDesk } from './pay-outs/refund-desk.js';

/** Time for calls under way when stopping. */
const CALLS_END_MS = 2_500;
const HEALTH_INTERVAL_MS = 1_000;
/** A new price is charged by that long after it has come here. */
const PRICE_AGE_MAX_MS = 1_000;

/** Everything a coordinator is made of, how it starts and in which order it stops (ADR 27). */
export class Coordinator implements App {
  private readonly metrics: Metrics;
  private readonly databases: CoordinatorDatabases;
  private readonly access: ClientAccess;
  private readonly accountDesk: AccountDesk;
  private readonly catalogueDesk: CatalogueDesk;
  private readonly letterDesk: LetterDesk;
  private readonly payOutDesk: PayOutDesk;
  private readonly payOutStreams: PayOutStreams;
  private readonly holdDesk: HoldDesk;
  private readonly reserveSessions: PeerSessions;
  private readonly handOverSessions: PeerSessions;
  private readonly holdSessions: PeerSessions;
  private readonly holder: NodeHolder<NodeDuties>;
  private readonly readings: NodeReadings;
  private readonly management: ManagementServer;
  private readonly services: GrpcServices;
  private readonly credentials: ServerCredentials;
  private readonly healthTask: PeriodicTask;
  private nest: INestMicroservice | undefined;
  private callsFailure: string | undefined = 'it does not listen yet';

  constructor(
    private readonly config: CoordinatorConfig,
    private readonly log: Log,
  ) {
    this.metrics = new Metrics({ app: 'coordinator', nodeId: config.nodeId });
    this.databases = new CoordinatorDatabases(config, log, () => this.holder.assertHeld());
    this.databases.showIn(this.metrics);
    const addresses = new CallerAddresses(config.grpc.trustedProxies);
    this.access = new ClientAccess(
      TokenVerifier.create(config.jwt),
      new RateLimiter(config.grpc.rateMax),
      addresses,
    );
    this.holder = this.makeHolder();
    this.accountDesk = new AccountDesk({
      database: this.databases.calls,
      peerTimeoutMs: config.holder.peerTimeoutMs,
      // Another coordinator that holds the node finds them within its interval.
      onSharesPlanned: () => this.holder.duties?.triggerTransfers(),
    });
    this.catalogueDesk = new CatalogueDesk({
      database: this.databases.calls,
      peerTimeoutMs: config.holder.peerTimeoutMs,
    });
    this.letterDesk = new LetterDesk({
      database: this.databases.calls,
      describeError: (error) => describeError(error, log),
    });
    const payOutMetrics = new PayOutMetrics(this.metrics);
    this.reserveSessions = new PeerSessions({
      database: this.databases.reserves,
      purpose: 'reserve_at_nodes',
      sessionsMax: config.drains.sessionsMax,
      nodeId: config.nodeId,
      timeoutMs: config.drains.reserveTimeoutMs,
      onMore: () => runner.trigger(),
      log,
    });
    // Made and kept once there is something to hand over.
    this.handOverSessions = new PeerSessions({
      database: this.databases.handOvers,
      purpose: 'hand_over_pay_outs',
      sessionsMax: config.payOuts.handOverSessionsMax,
      nodeId: config.nodeId,
      timeoutMs: config.drains.reserveTimeoutMs,
      log,
    });
    this.holdSessions = new PeerSessions({
      database: this.databases.holds,
      purpose: 'ask_hold_parts',
      sessionsMax: config.holds.sessionsMax,
      nodeId: config.nodeId,
      timeoutMs: config.drains.reserveTimeoutMs,
      log,
    });
    const runner = this.makeDrainRunner(payOutMetrics);
    this.payOutDesk = this.makePayOutDesk(runner, payOutMetrics);
    this.holdDesk = this.makeHoldDesk(runner);
    this.payOutStreams = new PayOutStreams({
      access: this.access,
      payOut: (clientId, request) => this.payOutDesk.payOut(clientId, request),
      openPerStreamMax: config.payOuts.openPerStreamMax,
      log,
    });
    this.readings = this.showNode();
    const { tls } = config.management;
    const material = tls && readTlsFiles(tls, 'HTTP_TLS');
    this.management = new ManagementServer(() => this.failures(), this.metrics, material);
    this.credentials = serverCredentials(config.grpc.tls);
    this.services = new GrpcServices(new Reflection(this.access, log), addresses);
    this.healthTask = this.tellHealth();
  }

  private tellHealth(): PeriodicTask {
    return new PeriodicTask({
      intervalMs: HEALTH_INTERVAL_MS,
      run: async () => this.services.setServing(Object.keys(await this.failures()).length === 0),
      onError: (error) => this.log.warn({ err: error }, 'health could not be told'),
    });
  }

  /** Its health is told from the beginning; it takes calls, and may hold the node, once PostgreSQL is the right one. */
  async start(progress: StartProgress): Promise<void> {
    const { nodeId, management, grpc } = this.config;
    const address = `${grpc.host}:${grpc.port}`;
    await this.management.listen(management.host, management.port);
    await progress.step('asking PostgreSQL which node it is', () =>
      untilDatabaseMatches(this.databases.calls, nodeId, { log: this.log }),
    );
    const nest = await this.makeNest(address);
    this.nest = nest;
    await progress.step('listening', () => nest.listen());
    this.callsFailure = undefined;
    this.healthTask.start();
    this.holder.start();
    this.reserveSessions.start();
    this.readings.start();
    this.log.info({ grpc: address, ...progress.end() }, 'coordinator takes calls');
  }

  /** Answers the calls under way, gives the node to others, then lets go of everything. */
  async stop(): Promise<void> {
    const { nest } = this;
    // Nothing is held before: what waits for PostgreSQL may just end.
    if (nest === undefined) return;
    this.callsFailure = 'stopping';
    await this.healthTask.stop();
    this.services.setServing(false);
    const late = setTimeout(() => this.services.forceShutdown(), CALLS_END_MS);
    // Together: a call that comes meanwhile hears that it was not begun.
    await Promise.all([this.finishPayOuts(), nest.close()]);
    clearTimeout(late);
    await Promise.all([
      this.holder.stop(),
      this.reserveSessions.stop(),
      this.handOverSessions.stop(),
      this.holdSessions.stop(),
      this.readings.stop(),
    ]);
    await this.databases.close();
    await this.management.close();
  }

  /** Takes no new pay-outs and holds, and ends once those it has taken are answered, or the time is over. */
  private async finishPayOuts(): Promise<void> {
    this.payOutStreams.stop();
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      late = setTimeout(resolve, CALLS_END_MS);
    });
    await Promise.race([Promise.all([this.payOutDesk.stop(), this.holdDesk.stop()]), tooLate]);
    clearTimeout(late);
  }

  /** What cannot be used now, by name. Not holding the node is no failure: another one may. */
  private failures(): Promise<Readonly<Record<string, string>>> {
    const database = this.databases.calls;
    return checkReadiness({
      grpc: () => Promise.resolve(this.callsFailure),
      postgresql: async () => {
        await assertDatabaseMatches(database, this.config.nodeId);
        if (await takesWrites(database)) return undefined;
        return 'it is read-only: no pay-outs until it takes writes again';
      },
    });
  }

  private makeNest(address: string): Promise<INestMicroservice> {
    const { config, log, access, accountDesk, catalogueDesk, letterDesk } = this;
    const { payOutDesk, payOutStreams, holdDesk } = this;
    const refundDesk = this.makeRefundDesk();
    const settings = new CoordinatorSettings(config.grpc.callDeadlineMs);
    const module = CoordinatorModule.register({
      access,
      settings,
      accountDesk,
      catalogueDesk,
      letterDesk,
      payOutDesk,
      payOutStreams,
      refundDesk,
      holdDesk,
      log,
    });
    return NestFactory.createMicroservice<GrpcOptions>(module, {
      ...grpcOptions(address, this.services, this.credentials),
      logger: new NestLog(log),
    });
  }

  private makeDrainRunner(metrics: PayOutMetrics): DrainRunner {
    const { nodeId, database, drains, payOuts } = this.config;
    return new DrainRunner({
      nodeId,
      database: this.databases.drains,
      sessions: this.reserveSessions,
      reserveTimeoutMs: drains.reserveTimeoutMs,
      batchSizeMax: drains.batchSizeMax,
      decidingCallsMax: database.poolMax,
      openMax: payOuts.openMax,
      onDecided: () => this.holder.duties?.triggerDecisions(),
      onVerdict: (verdict) => metrics.decided(verdict),
      log: this.log,
    });
  }

  private makePayOutDesk(runner: DrainRunner, metrics: PayOutMetrics): PayOutDesk {
    const { nodeId, payOuts, holder } = this.config;
    return new PayOutDesk({
      ...payOuts,
      nodeId,
      payOutDatabase: this.databases.payOuts,
      readDatabase: this.databases.calls,
      upgrade: new UpgradeGate(this.databases.calls),
      prices: new PriceList({ database: this.databases.calls, ageMaxMs: PRICE_AGE_MAX_MS }),
      runner,
      handOvers: this.makeHandOvers(),
      bounds: payOuts,
      peerTimeoutMs: holder.peerTimeoutMs,
      metrics,
    });
  }

  private makeHoldDesk(runner: DrainRunner): HoldDesk {
    const { nodeId, payOuts, holds, holder, drains } = this.config;
    return new HoldDesk({
      nodeId,
      database: this.databases.holds,
      readDatabase: this.databases.calls,
      runner,
      sessions: this.holdSessions,
      handOvers: new HoldHandOvers({
        sessions: this.holdSessions,
        // Of three kinds: those of a silent home leave half of the sessions to others.
        callsPerHomeMax: Math.floor(holds.sessionsMax / 6),
        answerTimeoutMs: holder.peerTimeoutMs,
      }),
      bounds: { ...payOuts, ...holds },
      batchSizeMax: payOuts.batchSizeMax,
      callsMax: payOuts.callsMax,
      openMax: payOuts.openMax,
      askTimeoutMs: drains.reserveTimeoutMs,
      peerTimeoutMs: holder.peerTimeoutMs,
      log: this.log,
    });
  }

  private makeHandOvers(): HandOvers {
    const { payOuts, holder } = this.config;
    return new HandOvers({
      sessions: this.handOverSessions,
      readDatabase: this.databases.calls,
      // Those of a silent home leave room for all others, at this coordinator and on each stream.
      openPerHomeMax: Math.ceil(Math.min(payOuts.openMax, payOuts.openPerStreamMax) / 4),
      batchSizeMax: payOuts.batchSizeMax,
      // And as many with drains: those of a silent home leave half of the sessions to others.
      callsPerHomeMax: Math.floor(payOuts.handOverSessionsMax / 4),
      answerTimeoutMs: holder.peerTimeoutMs,
    });
  }

  private makeRefundDesk(): RefundDesk {
    const { nodeId, payOuts, holder } = this.config;
    return new RefundDesk({
      nodeId,
      database: this.databases.calls,
      sessions: this.handOverSessions,
      peerTimeoutMs: holder.peerTimeoutMs,
      // Few: the sessions are there for pay-outs.
      callsPerNodeMax: Math.max(1, Math.floor(payOuts.handOverSessionsMax / 8)),
      openPerNodeMax: payOuts.batchSizeMax,
    });
  }

  private makeHolder(): NodeHolder<NodeDuties> {
    const { log, databases } = this;
    const { holder, audit } = this.config;
    return new NodeHolder({
      database: databases.holder,
      intervalMs: holder.heartbeatMs,
      leaseMs: holder.leaseMs,
      makeDuties: (lease) => new NodeDuties(databases.duties, holder, { ...audit, lease }, log),
      log,
    });
  }

  /** What a scrape finds besides what pay-outs count by themselves. */
  private showNode(): NodeReadings {
    const { metrics, config, log } = this;
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
      (gauge) => gauge.set(this.payOutDesk.openCount),
    );
    return new NodeReadings(metrics, {
      database: this.databases.readings,
      lockDatabase: this.databases.locks,
      nodeId: config.nodeId,
      intervalMs: config.metrics.intervalMs,
      log,
    });
  }
}
