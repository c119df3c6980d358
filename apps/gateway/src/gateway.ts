import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TokenVerifier } from '@billing/auth';
import type { GatewayConfig } from '@billing/config';
import { PAY_IN_TOPIC } from '@billing/contracts';
import { assertDatabaseMatches, Database, DatabaseError } from '@billing/database';
import { PayInProducer, TopicOffsets } from '@billing/kafka';
import { PeriodicTask } from '@billing/lifecycle';
import { Metrics, NestLog, RequestLog, type Log } from '@billing/observability';
import type { FastifyInstance } from 'fastify';
import { AccountController } from './accounts/account.controller.js';
import { addConsole } from './console/console-files.js';
import { CoordinatorClient } from './coordinator/coordinator-client.js';
import { MoneyController } from './accounts/money.controller.js';
import { DatacenterCalls } from './datacenters/datacenter-calls.js';
import { DatacenterController } from './datacenters/datacenter.controller.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { createHttpServer } from './http/http-server.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RateLimiter } from './http/rate-limiter.js';
import { RouteList } from './http/route-list.js';
import { RequestPipe } from './http/validation.js';
import { GatewayMetrics } from './metrics/gateway.metrics.js';
import { MetricsController } from './health/metrics.controller.js';
import { PayInReadings } from './metrics/pay-in-readings.js';
import { NodeReadings } from './overview/node-readings.js';
import { OperationsController } from './overview/operations.controller.js';
import { Overview } from './overview/overview.js';
import { OverviewStreams } from './overview/overview-streams.js';
import { PeerGateways } from './overview/peer-gateways.js';
import { DeadLetterController } from './letters/dead-letter.controller.js';
import { ParkedPayInController } from './letters/parked-pay-in.controller.js';
import { PayInController } from './pay-ins/pay-in.controller.js';
import { PayInPublisher } from './pay-ins/pay-in-publisher.js';
import { PayOutController, PayOutSettings } from './pay-outs/pay-out.controller.js';
import { ServiceController } from './services/service.controller.js';

const STATEMENT_TIMEOUT_MS = 5_000;
/** Of readings for metrics: they are made again, and stopping waits for one under way. */
const READING_TIMEOUT_MS = 2_000;
const READING_POOL_MAX = 2;
const DATABASE_CHECK_INTERVAL_MS = 1_000;
/** Time for requests under way when stopping; then a client too slow to send its own is cut off. */
const REQUESTS_END_MS = 6_000;
/** Pay-outs and calls of other datacenters without an answer are told so, in time to be sent. */
const UNANSWERED_END_MS = 5_500;

@Module({})
class GatewayModule {}

/** Everything a gateway is made of, wired by hand; Nest gets the parts that controllers ask for. */
export class Gateway {
  private readonly requestLog: RequestLog;
  private readonly database: Database;
  /** Of their own, so that they are there while requests use up the others. */
  private readonly readingDatabase: Database;
  private readonly producer: PayInProducer;
  private readonly coordinator: CoordinatorClient;
  private readonly readiness: Readiness;
  private readonly metrics: Metrics;
  private readonly ownMetrics: GatewayMetrics;
  private readonly topicOffsets: TopicOffsets;
  private readonly payInReadings: PayInReadings;
  private readonly verifier: TokenVerifier;
  private readonly nodeReadings: NodeReadings;
  private readonly overview: Overview;
  private readonly overviewStreams: OverviewStreams;
  private readonly datacenterCalls: DatacenterCalls;
  private readonly databaseCheck: PeriodicTask;
  private app: NestFastifyApplication | undefined;

  constructor(
    private readonly config: GatewayConfig,
    private readonly log: Log,
    /** Told when the database turns out to be another node's or another version's. */
    onMismatch: (error: unknown) => void,
  ) {
    const { nodeId } = config;
    this.requestLog = new RequestLog({ app: 'gateway', nodeId, level: config.logLevel });
    const database = {
      ...config.database,
      applicationName: 'billing gateway',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      onIdleError: (error: Error) =>
        log.warn({ err: error }, 'lost an idle connection to PostgreSQL'),
    };
    this.database = new Database(database);
    this.readingDatabase = new Database({
      ...database,
      applicationName: 'billing gateway metrics',
      statementTimeoutMs: READING_TIMEOUT_MS,
      poolMax: READING_POOL_MAX,
    });
    this.producer = new PayInProducer({ ...config.kafka, ...config.payIn, log });
    this.coordinator = new CoordinatorClient(config.coordinator, { ...config.payOut, log });
    this.readiness = new Readiness(this.database, this.producer, this.coordinator, nodeId);
    this.metrics = new Metrics({ app: 'gateway', nodeId });
    this.ownMetrics = new GatewayMetrics(this.metrics);
    this.metrics.watchPool('requests', () => this.database.poolState);
    this.metrics.watchPool('metrics', () => this.readingDatabase.poolState);
    this.topicOffsets = new TopicOffsets(PAY_IN_TOPIC, { ...config.kafka, log });
    this.payInReadings = new PayInReadings(this.metrics, {
      database: this.readingDatabase,
      offsets: this.topicOffsets,
      intervalMs: config.metrics.intervalMs,
      log,
    });
    this.verifier = TokenVerifier.create(config.jwt);
    this.nodeReadings = new NodeReadings({
      nodeId,
      database: this.database,
      offsets: this.topicOffsets,
      readiness: this.readiness,
      metrics: this.ownMetrics,
    });
    const { peerGateways, streamsMax, streamsPerClientMax } = config.console;
    this.overview = new Overview(this.nodeReadings, new PeerGateways(peerGateways));
    this.overviewStreams = new OverviewStreams(this.overview, this.verifier, {
      placesMax: streamsMax,
      perClientMax: streamsPerClientMax,
    });
    this.datacenterCalls = new DatacenterCalls(nodeId, peerGateways);
    this.databaseCheck = this.createDatabaseCheck(onMismatch);
  }

  /** Listens and answers. Pay-ins need the broker only, so nothing here waits for PostgreSQL. */
  async start(): Promise<number> {
    const { config, log } = this;
    const routes = new RouteList();
    const adapter = createHttpServer({
      limits: config.limits,
      verifier: this.verifier,
      rateLimiter: new RateLimiter(config.limits.rateMax),
      routes,
      log,
      requestLog: this.requestLog,
      metrics: this.ownMetrics,
      isStopping: () => this.readiness.isStopping,
    });
    addConsole(adapter.getInstance() as unknown as FastifyInstance);
    this.app = await NestFactory.create<NestFastifyApplication>(this.module(), adapter, {
      logger: new NestLog(log),
      bodyParser: false,
      abortOnError: false,
    });
    this.app.useGlobalPipes(new RequestPipe());
    this.app.useGlobalFilters(new ProblemFilter(routes, log));
    this.producer.start();
    this.databaseCheck.start();
    this.payInReadings.start();
    this.nodeReadings.start();
    this.overviewStreams.start();
    await this.app.listen(config.http.port, config.http.host);
    return Number(new URL(await this.app.getUrl()).port);
  }

  /** Answers what is under way, publishes what was taken, then lets go of everything. */
  async stop(): Promise<void> {
    this.readiness.stop();
    const readingsEnd = Promise.all([this.payInReadings.stop(), this.nodeReadings.stop()]);
    await Promise.all([this.databaseCheck.stop(), this.overviewStreams.stop()]);
    // With a broker, requests under way get their receipts; without one they hear so at once.
    this.producer.hurry();
    const server = this.app?.getHttpServer();
    const impatience = [
      setTimeout(() => this.coordinator.abandonPayOuts(), UNANSWERED_END_MS),
      setTimeout(() => this.datacenterCalls.stop(), UNANSWERED_END_MS),
      setTimeout(() => server?.closeAllConnections(), REQUESTS_END_MS),
    ];
    await this.app?.close();
    for (const timer of impatience) clearTimeout(timer);
    this.requestLog.flush();
    await Promise.all([this.producer.stop(), this.coordinator.close(), readingsEnd]);
    await this.topicOffsets.close();
    await Promise.all([this.database.close(), this.readingDatabase.close()]);
  }

  private module() {
    const { database, coordinator, readiness } = this;
    const publisher = new PayInPublisher(this.producer, this.config, this.ownMetrics);
    return {
      module: GatewayModule,
      controllers: [
        HealthController,
        MetricsController,
        PayInController,
        PayOutController,
        AccountController,
        MoneyController,
        ServiceController,
        OperationsController,
        DatacenterController,
        DeadLetterController,
        ParkedPayInController,
      ],
      providers: [
        { provide: Database, useValue: database },
        { provide: CoordinatorClient, useValue: coordinator },
        { provide: Readiness, useValue: readiness },
        { provide: PayOutSettings, useValue: new PayOutSettings(this.config) },
        { provide: Metrics, useValue: this.metrics },
        { provide: Overview, useValue: this.overview },
        { provide: DatacenterCalls, useValue: this.datacenterCalls },
        { provide: OverviewStreams, useValue: this.overviewStreams },
        { provide: PayInPublisher, useValue: publisher },
      ],
    };
  }

  /** Until it has matched once; not ready meanwhile. */
  private createDatabaseCheck(onMismatch: (error: unknown) => void): PeriodicTask {
    const { nodeId } = this.config;
    return new PeriodicTask({
      intervalMs: DATABASE_CHECK_INTERVAL_MS,
      run: async () => {
        await assertDatabaseMatches(this.database, nodeId);
        return { nextInMs: NEVER_MS };
      },
      onError: (error) => {
        if (error instanceof DatabaseError) {
          this.log.warn({ reason: error.message }, 'PostgreSQL cannot be checked yet');
        } else onMismatch(error);
      },
    });
  }
}

const NEVER_MS = 2 ** 31 - 1;
