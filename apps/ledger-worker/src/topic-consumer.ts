import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { PayInOrigin } from '@billing/contracts';
import type { LedgerWorkerConfig } from '@billing/config';
import type { Database, PayInBatchOutcome } from '@billing/database';
import { KafkaBatchServer, type KafkaClientOptions } from '@billing/kafka';
import { NestLog, type Log } from '@billing/observability';
import { LedgerWorkerModule } from './ledger-worker.module.js';
import { OffsetWatcher } from './offset-watcher.js';
import { OutageWatch } from './outage-watch.js';
import { PartitionClaims } from './partition-claims.js';
import { PayInBatchApplier, type BatchCall } from './pay-in-batch-applier.js';

/** Of one SQL call: 8,000 ordinary pay-ins have half of it. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;

export interface TopicConsumerOptions {
  readonly topic: string;
  readonly origin: PayInOrigin;
  /** Of this topic alone. */
  readonly groupId: string;
  readonly kafka: KafkaClientOptions;
  readonly worker: LedgerWorkerConfig['worker'];
  readonly database: Database;
  readonly workerId: string;
  readonly onOutcome: (outcome: PayInBatchOutcome, call: BatchCall) => void;
  readonly onCrashed: (error: Error) => void;
  readonly log: Log;
}

/**
 * Everything that consumes one topic: its group, its claims, its batches. Topics share PostgreSQL and nothing
 * else, so one that is missing, refused or full holds up no other.
 */
export class TopicConsumer {
  readonly offsets: OffsetWatcher;
  private readonly server: KafkaBatchServer;
  private readonly applier: PayInBatchApplier;
  private readonly outages: OutageWatch;
  private readonly log: Log;
  private nest: INestMicroservice | undefined;
  private stopped = false;

  constructor(private readonly options: TopicConsumerOptions) {
    const { topic, origin, kafka, worker, database, workerId, groupId, onOutcome } = options;
    const log = options.log.child({ topic });
    this.log = log;
    this.outages = new OutageWatch(log);
    this.server = new KafkaBatchServer({ ...kafka, ...worker, groupId, log });
    const watched = { database, server: this.server, topic, workerId, log };
    const claims = new PartitionClaims({
      ...watched,
      onHalted: (partition, claim) => this.offsets.add(partition, claim),
    });
    this.offsets = new OffsetWatcher({ ...watched, claims });
    this.applier = new PayInBatchApplier({
      database,
      claims,
      origin,
      bounds: { messagesMax: worker.batchSizeMax, bytesMax: BATCH_BYTES_MAX },
      outages: this.outages,
      onOutcome: (outcome, call) => {
        onOutcome(outcome, call);
        log.debug({ ...outcome, nextOffset: outcome.nextOffset.toString() }, 'batch');
      },
      log,
    });
    this.server.on('assigned', (_topic, partitions) => void claims.assign(partitions));
    this.server.on('crashed', options.onCrashed);
  }

  get topic(): string {
    return this.options.topic;
  }

  /** Returns once it is in its group, however long the broker has no such topic. @throws Error when stopped before, too */
  async start(): Promise<void> {
    const { topic } = this.options;
    const nest = await NestFactory.createMicroservice(
      LedgerWorkerModule.register({ topic, applier: this.applier }),
      { strategy: this.server, logger: new NestLog(this.log) },
    );
    this.nest = nest;
    if (this.stopped) await nest.close();
    else await nest.listen();
  }

  /** Also one that was never started, or is being. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.nest?.close();
  }

  /** What to mend at the broker before its batches come, or undefined. Asks nobody. */
  get refusal(): string | undefined {
    return this.server.refusal;
  }

  /** Why no batches can come now, or undefined. Asks the broker. */
  kafkaFailure(): Promise<string | undefined> {
    return this.server.failure(this.topic);
  }

  /** What of PostgreSQL its batches wait for, or undefined. */
  databaseFailure(): string | undefined {
    return this.outages.failure();
  }
}
