import { hostname } from 'node:os';
import {
  gatewayOrigin,
  PAY_IN_DLQ_TOPIC,
  PAY_IN_TOPIC,
  sharedOrigin,
  upstreamOrigin,
} from '@billing/contracts';
import { readTlsFiles, type LedgerWorkerConfig } from '@billing/config';
import {
  Database,
  listConsumerOffsets,
  listLockHolders,
  retryParkedPayIns,
  takesWrites,
  untilDatabaseMatches,
} from '@billing/database';
import { DeadLetterProducer, readKafkaSecurity, type KafkaClientOptions } from '@billing/kafka';
import { PeriodicTask, type App, type StartProgress } from '@billing/lifecycle';
import {
  checkReadiness,
  ManagementServer,
  lockReading,
  Metrics,
  type Log,
  type Reading,
} from '@billing/observability';
import { DeadLetterPublisher } from './dead-letter-publisher.js';
import { createKafkaSettingsReading } from './kafka-settings-reading.js';
import { LedgerWorkerMetrics } from './ledger-worker.metrics.js';
import { TopicConsumer, type TopicConsumerOptions } from './topic-consumer.js';

const PARKED_TAKEN_MAX = 2_000;
const PARKED_QUIET_FACTOR = 5;
const DEAD_LETTER_INTERVAL_MS = 10_000;
const OFFSET_INTERVAL_MS = 1_000;
const SETTINGS_QUIET_FACTOR = 6;
const LOCK_TIMEOUT_MS = 2_000;
const LOCK_WAIT_MIN_MS = 1_000;

/** Everything a ledger worker is made of, how it starts and in which order it stops (ADR 27). */
export class LedgerWorker implements App {
  private readonly metrics: Metrics;
  private readonly database: Database;
  private readonly kafka: KafkaClientOptions;
  /** Of `billing.payin`. */
  private readonly payIns: TopicConsumer;
  private readonly upstreams: readonly TopicConsumer[];
  private readonly ownMetrics: LedgerWorkerMetrics;
  /** For copies alone: no batch waits for a connection that a page of letters has. */
  private readonly copiesDatabase: Database;
  private readonly deadLetterProducer: DeadLetterProducer;
  /** Of its own: a call that waits for a lock has its connection for itself. */
  private readonly lockDatabase: Database;
  private readonly tasks: readonly Pick<PeriodicTask, 'start' | 'stop'>[];
  private readonly deadLetters: PeriodicTask;
  private readonly parked: PeriodicTask;
  private readonly management: ManagementServer;
  private isStarted = false;
  private stopping = false;

  constructor(
    private readonly config: LedgerWorkerConfig,
    private readonly log: Log,
    private readonly fail: (error: unknown, why: string) => void,
  ) {
    const { worker } = config;
    this.kafka = { ...config.kafka, security: readKafkaSecurity(config.kafka.security), log };
    const connection = {
      ...config.database,
      applicationName: 'billing ledger-worker',
      statementTimeoutMs: worker.statementTimeoutMs,
      onIdleError: (error: Error) =>
        log.warn({ err: error }, 'lost an idle connection to PostgreSQL'),
    };
    this.database = new Database(connection);
    this.copiesDatabase = new Database({ ...connection, poolMax: 1 });
    this.lockDatabase = new Database({
      ...connection,
      applicationName: 'billing ledger-worker locks',
      poolMax: 1,
      statementTimeoutMs: LOCK_TIMEOUT_MS,
    });
    this.metrics = new Metrics({ app: 'ledger-worker', nodeId: config.nodeId });
    this.metrics.watchPool('copies', () => this.copiesDatabase.poolState);
    this.metrics.watchPool('locks', () => this.lockDatabase.poolState);
    this.ownMetrics = new LedgerWorkerMetrics(this.metrics, this.database);
    this.payIns = this.consumerOf({
      topic: PAY_IN_TOPIC,
      groupId: worker.groupId,
      origin: worker.allowNameless ? sharedOrigin : gatewayOrigin,
    });
    this.upstreams = config.upstreamTopics.map(({ topic, tenant }) =>
      this.consumerOf({
        topic,
        // As of its topic: billing-ledger-worker.shop.
        groupId: worker.groupId + topic.slice(PAY_IN_TOPIC.length),
        origin: upstreamOrigin(tenant),
      }),
    );
    this.deadLetterProducer = new DeadLetterProducer(PAY_IN_DLQ_TOPIC, this.kafka);
    this.deadLetters = this.deadLetterTask();
    this.parked = this.parkedTask();
    const locks = lockReading(this.metrics, {
      intervalMs: config.metrics.intervalMs,
      read: () => listLockHolders(this.lockDatabase, LOCK_WAIT_MIN_MS),
      log,
    });
    this.tasks = [this.deadLetters, this.parked, this.offsetTask(), this.settingsReading(), locks];
    const { tls } = config.management;
    const material = tls && readTlsFiles(tls, 'HTTP_TLS');
    this.management = new ManagementServer(
      () => this.failures(),
      this.metrics,
      material,
      () => this.notes(),
    );
  }

  /** Its health is told from the beginning; it joins the group once PostgreSQL is the right one. */
  async start(progress: StartProgress): Promise<void> {
    const { nodeId, management, kafka } = this.config;
    const port = await this.management.listen(management.host, management.port);
    await progress.step('asking PostgreSQL which node it is', () =>
      untilDatabaseMatches(this.database, nodeId, { log: this.log }),
    );
    this.isStarted = true;
    for (const task of this.tasks) task.start();
    for (const consumer of this.upstreams) this.startUpstream(consumer);
    await progress.step('joining the consumer group', () => this.payIns.start());
    this.log.info(
      { port, brokers: kafka.brokers, ...progress.end() },
      'ledger worker is consuming',
    );
  }

  /** The consumers first, then the tasks, which they trigger; connections last. */
  async stop(): Promise<void> {
    // Nothing is held before: what waits for PostgreSQL may just end.
    this.stopping = true;
    if (!this.isStarted) return;
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await Promise.all(this.tasks.map((task) => task.stop()));
    await this.deadLetterProducer.close();
    const databases = [this.database, this.copiesDatabase, this.lockDatabase];
    await Promise.all(databases.map((database) => database.close()));
    await this.management.close();
  }

  private get consumers(): readonly TopicConsumer[] {
    return [this.payIns, ...this.upstreams];
  }

  private consumerOf(
    what: Pick<TopicConsumerOptions, 'topic' | 'groupId' | 'origin'>,
  ): TopicConsumer {
    return new TopicConsumer({
      ...what,
      kafka: this.kafka,
      worker: this.config.worker,
      database: this.database,
      workerId: `${hostname()}:${process.pid}`,
      onOutcome: (outcome, call) => {
        this.ownMetrics.applied(outcome, call);
        if (outcome.dead > 0) this.deadLetters.trigger();
        if (outcome.parked > 0) this.parked.trigger();
      },
      onCrashed: (error) => this.fail(error, `the consumer of ${what.topic} cannot go on`),
      log: this.log,
    });
  }

  /** Nobody waits for it: its topic may not be there yet. */
  private startUpstream(consumer: TopicConsumer): void {
    consumer.start().catch((error: unknown) => {
      if (!this.stopping) this.fail(error, `${consumer.topic} cannot be consumed`);
    });
  }

  /** What cannot be used now, by name. Halted partitions and upstream topics do not make the rest unready. */
  private failures(): Promise<Readonly<Record<string, string>>> {
    return checkReadiness({
      postgresql: () => this.databaseFailure(),
      kafka: () => this.payIns.kafkaFailure(),
    });
  }

  /** Upstream topics that wait for somebody to mend something. */
  private notes(): Record<string, string> {
    const refused = this.upstreams.map(({ topic, refusal }) => [topic, refusal] as const);
    return Object.fromEntries(
      refused.filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  private async databaseFailure(): Promise<string | undefined> {
    const waits = this.consumers.map((consumer) => consumer.databaseFailure());
    const waitedFor = waits.find((wait) => wait !== undefined);
    if (waitedFor !== undefined) return waitedFor;
    await listConsumerOffsets(this.database, PAY_IN_TOPIC);
    if (await takesWrites(this.database)) return undefined;
    return 'it is read-only: pay-ins wait in Kafka until it takes writes again';
  }

  private deadLetterTask(): PeriodicTask {
    const publisher = new DeadLetterPublisher(
      this.copiesDatabase,
      this.deadLetterProducer,
      this.log,
    );
    return new PeriodicTask({
      intervalMs: DEAD_LETTER_INTERVAL_MS,
      run: (stopping) => publisher.publish(stopping),
      onError: (error) =>
        this.log.warn({ err: error }, 'dead letters were not copied; trying again'),
    });
  }

  private parkedTask(): PeriodicTask {
    const { parkedRetryMs, parkedLimitMs } = this.config.worker;
    return new PeriodicTask({
      intervalMs: parkedRetryMs * PARKED_QUIET_FACTOR,
      run: async () => {
        const retry = await retryParkedPayIns(this.database, {
          limit: PARKED_TAKEN_MAX,
          ageLimitMs: parkedLimitMs,
        });
        this.ownMetrics.retried(retry);
        if (retry.dead > 0) this.deadLetters.trigger();
        if (retry.applied + retry.dead > 0) this.log.info(retry, 'parked pay-ins were taken up');
        return retry.waiting > 0 ? { nextInMs: parkedRetryMs } : undefined;
      },
      onError: (error) =>
        this.log.warn({ err: error }, 'parked pay-ins were not retried; trying again'),
    });
  }

  private settingsReading(): Reading<unknown> {
    const { metrics, log, config, kafka } = this;
    const intervalMs = config.metrics.intervalMs * SETTINGS_QUIET_FACTOR;
    const upstreamTopics = config.upstreamTopics.map(({ topic }) => topic);
    return createKafkaSettingsReading({ metrics, intervalMs, log, kafka, upstreamTopics });
  }

  private offsetTask(): PeriodicTask {
    let isBlind = false;
    return new PeriodicTask({
      intervalMs: OFFSET_INTERVAL_MS,
      run: async () => {
        const stored = await listConsumerOffsets(this.database);
        for (const { offsets } of this.consumers) await offsets.look(stored);
        isBlind = false;
      },
      onError: (error) => {
        // Once an outage, not once a second.
        if (!isBlind) this.log.warn({ err: error }, 'could not look for accepted offsets');
        isBlind = true;
      },
    });
  }
}
