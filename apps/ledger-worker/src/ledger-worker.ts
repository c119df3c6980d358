import { hostname } from 'node:os';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PAY_IN_DLQ_TOPIC, PAY_IN_TOPIC } from '@billing/contracts';
import { readTlsFiles, type LedgerWorkerConfig } from '@billing/config';
import {
  assertDatabaseMatches,
  Database,
  listConsumerOffsets,
  listLockHolders,
  retryParkedPayIns,
  takesWrites,
} from '@billing/database';
import {
  DeadLetterProducer,
  KafkaBatchServer,
  readKafkaSecurity,
  type KafkaClientOptions,
} from '@billing/kafka';
import { PeriodicTask, type App, type StartProgress } from '@billing/lifecycle';
import {
  ManagementServer,
  lockReading,
  Metrics,
  NestLog,
  type Log,
  type Reading,
} from '@billing/observability';
import { DeadLetterPublisher } from './dead-letter-publisher.js';
import { createKafkaSettingsReading } from './kafka-settings-reading.js';
import { LedgerWorkerMetrics } from './ledger-worker.metrics.js';
import { LedgerWorkerModule } from './ledger-worker.module.js';
import { OffsetWatcher } from './offset-watcher.js';
import { OutageWatch } from './outage-watch.js';
import { PartitionClaims } from './partition-claims.js';
import { PayInBatchApplier } from './pay-in-batch-applier.js';

/** Of one SQL call: 8,000 ordinary pay-ins have half of it. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;
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
  private readonly server: KafkaBatchServer;
  private readonly applier: PayInBatchApplier;
  private readonly ownMetrics: LedgerWorkerMetrics;
  /** For copies alone: no batch waits for a connection that a page of letters has. */
  private readonly copiesDatabase: Database;
  private readonly deadLetterProducer: DeadLetterProducer;
  /** Of its own: a call that waits for a lock has its connection for itself. */
  private readonly lockDatabase: Database;
  private readonly outages: OutageWatch;
  private readonly offsets: OffsetWatcher;
  private readonly tasks: readonly Pick<PeriodicTask, 'start' | 'stop'>[];
  private readonly deadLetters: PeriodicTask;
  private readonly parked: PeriodicTask;
  private readonly management: ManagementServer;
  private nest: INestMicroservice | undefined;

  constructor(
    private readonly config: LedgerWorkerConfig,
    private readonly log: Log,
    fail: (error: unknown, why: string) => void,
  ) {
    const workerId = `${hostname()}:${process.pid}`;
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
    this.outages = new OutageWatch(log);
    this.metrics = new Metrics({ app: 'ledger-worker', nodeId: config.nodeId });
    this.metrics.watchPool('copies', () => this.copiesDatabase.poolState);
    this.metrics.watchPool('locks', () => this.lockDatabase.poolState);
    this.ownMetrics = new LedgerWorkerMetrics(this.metrics, this.database);
    this.server = new KafkaBatchServer({ ...this.kafka, ...worker });
    const watched = {
      database: this.database,
      server: this.server,
      topic: PAY_IN_TOPIC,
      workerId,
      log,
    };
    const claims = new PartitionClaims({
      ...watched,
      onHalted: (partition, claim) => this.offsets.add(partition, claim),
    });
    this.offsets = new OffsetWatcher({ ...watched, claims });
    this.applier = new PayInBatchApplier({
      database: this.database,
      claims,
      bounds: { messagesMax: worker.batchSizeMax, bytesMax: BATCH_BYTES_MAX },
      outages: this.outages,
      onOutcome: (outcome, call) => {
        this.ownMetrics.applied(outcome, call);
        log.debug({ ...outcome, nextOffset: outcome.nextOffset.toString() }, 'batch');
        if (outcome.dead > 0) this.deadLetters.trigger();
        if (outcome.parked > 0) this.parked.trigger();
      },
      log,
    });
    this.server.on('assigned', (_topic, partitions) => void claims.assign(partitions));
    this.server.on('crashed', (error) => fail(error, 'the consumer cannot go on'));
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
    this.management = new ManagementServer(() => this.faults(), this.metrics, material);
  }

  /** Its health is told from the beginning; it joins the group once PostgreSQL is the right one. */
  async start(progress: StartProgress): Promise<void> {
    const { nodeId, management, kafka } = this.config;
    const port = await this.management.listen(management.host, management.port);
    await progress.step('asking PostgreSQL which node it is', () =>
      assertDatabaseMatches(this.database, nodeId),
    );
    const nest = await NestFactory.createMicroservice(
      LedgerWorkerModule.register({ applier: this.applier }),
      { strategy: this.server, logger: new NestLog(this.log) },
    );
    this.nest = nest;
    for (const task of this.tasks) task.start();
    await progress.step('joining the consumer group', () => nest.listen());
    this.log.info(
      { port, brokers: kafka.brokers, ...progress.end() },
      'ledger worker is consuming',
    );
  }

  /** The consumers first, then the tasks, which they trigger; connections last. */
  async stop(): Promise<void> {
    // Nothing is held before: what waits for PostgreSQL may just end.
    if (this.nest === undefined) return;
    await this.nest.close();
    await Promise.all(this.tasks.map((task) => task.stop()));
    await this.deadLetterProducer.close();
    const databases = [this.database, this.copiesDatabase, this.lockDatabase];
    await Promise.all(databases.map((database) => database.close()));
    await this.management.close();
  }

  /** What cannot be used now, by name. Halted partitions do not make the others unready. */
  private async faults(): Promise<Record<string, string>> {
    const [postgresql, kafka] = await Promise.all([
      this.databaseFault().catch(String),
      this.server.fault(PAY_IN_TOPIC),
    ]);
    return {
      ...(postgresql === undefined ? {} : { postgresql }),
      ...(kafka === undefined ? {} : { kafka }),
    };
  }

  private async databaseFault(): Promise<string | undefined> {
    const waitedFor = this.outages.fault();
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
    return createKafkaSettingsReading({ metrics, intervalMs, log, kafka });
  }

  private offsetTask(): PeriodicTask {
    let isBlind = false;
    return new PeriodicTask({
      intervalMs: OFFSET_INTERVAL_MS,
      run: async () => {
        await this.offsets.look();
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
