import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RateLimiter, TokenVerifier } from '@billing/auth';
import { readTlsFiles, type GatewayConfig, type TlsMaterial } from '@billing/config';
import { PAY_IN_TOPIC } from '@billing/contracts';
import { Database, untilDatabaseMatches } from '@billing/database';
import { PayInProducer, readKafkaSecurity, TopicOffsets } from '@billing/kafka';
import type { App, StartProgress } from '@billing/lifecycle';
import { ManagementServer, Metrics, NestLog, RequestLog, type Log } from '@billing/observability';
import type { FastifyInstance } from 'fastify';
import { CoordinatorClient } from './coordinator/coordinator-client.js';
import { DatacenterCalls } from './datacenters/datacenter-calls.js';
import { addFileRoutes } from './file-routes.js';
import { Readiness } from './health/readiness.js';
import { GatewayModule } from './gateway.module.js';
import { createHttpServer } from './http/http-server.js';
import { RouteList } from './http/route-list.js';
import { GatewayMetrics } from './metrics/gateway.metrics.js';
import { NodeReadings } from './overview/node-readings.js';
import { Overview } from './overview/overview.js';
import { OverviewStreams } from './overview/overview-streams.js';
import { PayInPublisher } from './pay-ins/pay-in-publisher.js';
import { ArrivalWaits } from './http/arrival-waits.js';

const STATEMENT_TIMEOUT_MS = 5_000;
/** Of readings for metrics: they are made again, and stopping waits for one under way. */
const READING_TIMEOUT_MS = 2_000;
const READING_POOL_MAX = 4;
/** Time for requests under way when stopping; then a client too slow to send its own is cut off. */
const REQUESTS_END_MS = 6_000;
/** Pay-outs and calls of other datacenters without an answer are told so, in time to be sent. */
const UNANSWERED_END_MS = 5_500;

/** Everything a gateway is made of, how it starts and in which order it stops (ADR 27). */
export class Gateway implements App {
  private readonly requestLog: RequestLog;
  private readonly database: Database;
  /** Of their own, so that they are there while requests use up the others. */
  private readonly readingDatabase: Database;
  private readonly producer: PayInProducer;
  private readonly coordinator: CoordinatorClient;
  private readonly arrivals: ArrivalWaits;
  private readonly readiness: Readiness;
  private readonly metrics: Metrics;
  private readonly ownMetrics: GatewayMetrics;
  /** Of `billing.payin`, and of each upstream topic. */
  private readonly topicOffsets: readonly TopicOffsets[];
  private readonly verifier: TokenVerifier;
  private readonly nodeReadings: NodeReadings;
  private readonly overview: Overview;
  private readonly overviewStreams: OverviewStreams;
  private readonly datacenterCalls: DatacenterCalls;
  private readonly databaseCheck = new AbortController();
  private readonly management: ManagementServer;
  private readonly httpTls: TlsMaterial | undefined;
  private nest: NestFastifyApplication | undefined;

  constructor(
    private readonly config: GatewayConfig,
    private readonly log: Log,
    private readonly fail: (error: unknown, why: string) => void,
  ) {
    const { nodeId } = config;
    this.httpTls = config.http.tls && readTlsFiles(config.http.tls, 'HTTP_TLS');
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
    const { tls } = config.coordinator;
    const coordinator = { ...config.coordinator, tls: tls && readTlsFiles(tls, 'GRPC_TLS') };
    const kafka = { ...config.kafka, security: readKafkaSecurity(config.kafka.security), log };
    this.producer = new PayInProducer({ ...kafka, ...config.payIn });
    this.coordinator = new CoordinatorClient(coordinator, { ...config.payOut, log });
    this.readiness = new Readiness(this.database, this.producer, this.coordinator, nodeId);
    this.metrics = new Metrics({ app: 'gateway', nodeId });
    this.ownMetrics = new GatewayMetrics(this.metrics);
    this.arrivals = new ArrivalWaits({
      ...config.arrivals,
      database: this.database,
      onEnded: (outcome, waitedMs) => this.ownMetrics.observePositionWait(outcome, waitedMs),
    });
    this.management = new ManagementServer(
      () => this.readiness.failures(),
      this.metrics,
      this.httpTls,
      () => this.readiness.notes,
    );
    this.metrics.watchPool('requests', () => this.database.poolState);
    this.metrics.watchPool('metrics', () => this.readingDatabase.poolState);
    const topics = [PAY_IN_TOPIC, ...config.upstreamTopics.map(({ topic }) => topic)];
    this.topicOffsets = topics.map((topic) => new TopicOffsets(topic, kafka));
    this.verifier = TokenVerifier.create(config.jwt);
    this.nodeReadings = new NodeReadings({
      nodeId,
      database: this.readingDatabase,
      offsets: this.topicOffsets,
      readiness: this.readiness,
      metrics: this.metrics,
      ownMetrics: this.ownMetrics,
      intervalMs: config.metrics.intervalMs,
      log,
    });
    const { peerGateways, streamsMax, streamsPerClientMax } = config.console;
    this.overview = new Overview(this.nodeReadings, peerGateways);
    this.overviewStreams = new OverviewStreams(this.overview, this.verifier, {
      placesMax: streamsMax,
      perClientMax: streamsPerClientMax,
    });
    this.datacenterCalls = new DatacenterCalls(nodeId, peerGateways);
  }

  /** Listens and answers. Pay-ins need the broker only, so nothing here waits for PostgreSQL. */
  async start(progress: StartProgress): Promise<void> {
    const { http, management } = this.config;
    const managementPort = await this.management.listen(management.host, management.port);
    const port = await progress.step('listening', () => this.listen());
    const where = { host: http.host, port, managementPort };
    this.log.info({ ...where, ...progress.end() }, 'gateway is listening');
  }

  /** Answers what is under way, publishes what was taken, then lets go of everything. */
  async stop(): Promise<void> {
    this.readiness.stop();
    const readingsEnd = this.nodeReadings.stop();
    this.databaseCheck.abort();
    await Promise.all([this.overviewStreams.stop(), this.arrivals.stop()]);
    // With a broker, requests under way get their receipts; without one they hear so at once.
    this.producer.hurry();
    const server = this.nest?.getHttpServer();
    const impatience = [
      setTimeout(() => this.coordinator.abandonPayOuts(), UNANSWERED_END_MS),
      setTimeout(() => this.datacenterCalls.stop(), UNANSWERED_END_MS),
      setTimeout(() => server?.closeAllConnections(), REQUESTS_END_MS),
    ];
    await this.nest?.close();
    for (const timer of impatience) clearTimeout(timer);
    this.requestLog.flush();
    await Promise.all([this.producer.stop(), this.coordinator.close(), readingsEnd]);
    await Promise.all(this.topicOffsets.map((offsets) => offsets.close()));
    await Promise.all([this.database.close(), this.readingDatabase.close()]);
    await this.management.close();
  }

  private async listen(): Promise<number> {
    const { host, port } = this.config.http;
    this.nest = await this.makeNest();
    // Not before: while Nest is made nobody sees answers, and on a busy machine connections were given up as too late.
    this.producer.start();
    void this.checkDatabase();
    this.nodeReadings.start();
    this.overviewStreams.start();
    await this.nest.listen(port, host);
    this.readiness.listens();
    return Number(new URL(await this.nest.getUrl()).port);
  }

  private makeNest(): Promise<NestFastifyApplication> {
    const { config, log, database, coordinator, readiness } = this;
    const routes = new RouteList();
    const adapter = createHttpServer({
      limits: config.limits,
      trustedProxies: config.trustedProxies,
      tls: this.httpTls,
      verifier: this.verifier,
      rateLimiter: new RateLimiter(config.limits.rateMax),
      refusedLimiter: new RateLimiter(config.limits.refusedRateMax),
      arrivals: this.arrivals,
      routes,
      log,
      requestLog: this.requestLog,
      metrics: this.ownMetrics,
      isStopping: () => readiness.isStopping,
    });
    const server = adapter.getInstance() as unknown as FastifyInstance;
    addFileRoutes(server, routes);
    const module = GatewayModule.register({
      config,
      database,
      coordinator,
      publisher: new PayInPublisher(this.producer, config, this.ownMetrics),
      readiness,
      overview: this.overview,
      overviewStreams: this.overviewStreams,
      datacenterCalls: this.datacenterCalls,
      routes,
      log,
    });
    return NestFactory.create<NestFastifyApplication>(module, adapter, {
      logger: new NestLog(log),
      bodyParser: false,
      abortOnError: false,
    });
  }

  /** Until it has matched once; not ready meanwhile. */
  private async checkDatabase(): Promise<void> {
    const { signal } = this.databaseCheck;
    try {
      await untilDatabaseMatches(this.database, this.config.nodeId, { log: this.log, signal });
    } catch (error) {
      if (!signal.aborted) this.fail(error, 'this is not the database to work with');
    }
  }
}
