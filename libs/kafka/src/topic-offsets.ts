import type { Admin, Kafka } from 'kafkajs';
import type { PartitionEnds } from './batch.js';
import { explained, toMissingTopic } from './broker-refusal.errors.js';
import {
  createImpatientClient,
  createLogAdmin,
  withClusters,
  type KafkaClientOptions,
} from './kafka-client.js';

/**
 * How long the partitions of a topic and their leader are taken to be as they were; an answer that says otherwise ends
 * it. kafkajs has its admins ask before every question: a third of what an idle gateway asks a broker.
 */
const METADATA_AGE_MAX_MS = 30_000;

interface Admins {
  /** Sees all of the log. */
  readonly log: Admin;
  /** Sees what consumers may see by now. */
  readonly stable: Admin;
}

/** Asks the broker where the partitions of a topic stand, consuming nothing. Impatient: it is asked again. */
export class TopicOffsets {
  private readonly kafka: Kafka;
  private admins: Promise<Admins> | undefined;

  constructor(
    readonly topic: string,
    options: KafkaClientOptions,
  ) {
    this.kafka = withClusters(
      createImpatientClient(options),
      (create) => (what) => create({ ...what, metadataMaxAge: METADATA_AGE_MAX_MS }),
    );
  }

  /** @throws KafkaJSError, BrokerRefusalError */
  watermarks(): Promise<ReadonlyMap<number, PartitionEnds>> {
    return this.ask(async ({ log, stable }) => {
      const offsets = await log.fetchTopicOffsets(this.topic);
      // Asked for later: what came in between never looks like an open transaction.
      const ends = await stable.fetchTopicOffsets(this.topic);
      const stableEnds = new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
      return new Map(
        offsets.map(({ partition, low, high }) => {
          const highWatermark = BigInt(high);
          const end = stableEnds.get(partition) ?? highWatermark;
          const lastStable = end < highWatermark ? end : highWatermark;
          return [partition, { logStart: BigInt(low), highWatermark, lastStable }];
        }),
      );
    });
  }

  /**
   * Of each partition, where its first message from that time on stands; the high watermark when there
   * is none. Messages before it are older. @throws KafkaJSError, BrokerRefusalError
   */
  offsetsAt(timestampMs: number): Promise<ReadonlyMap<number, bigint>> {
    return this.ask(async ({ log }) => {
      const offsets = await log.fetchTopicOffsetsByTimestamp(this.topic, timestampMs);
      return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
    });
  }

  /** Never throws. */
  async close(): Promise<void> {
    const { admins } = this;
    this.admins = undefined;
    await admins
      ?.then(({ log, stable }) => Promise.all([log.disconnect(), stable.disconnect()]))
      .catch(() => undefined);
  }

  private async ask<T>(question: (admins: Admins) => Promise<T>): Promise<T> {
    const admins = (this.admins ??= this.connect());
    try {
      return await question(await admins);
    } catch (error) {
      // kafkajs keeps using a connection whose answers stopped coming. Another question may have a new one.
      if (this.admins === admins) await this.close();
      throw toMissingTopic(error) ?? explained(error);
    }
  }

  private async connect(): Promise<Admins> {
    const admins: Admins = { log: createLogAdmin(this.kafka), stable: this.kafka.admin() };
    const connecting = await Promise.allSettled([admins.log.connect(), admins.stable.connect()]);
    const failed = connecting.find(({ status }) => status === 'rejected');
    if (failed === undefined) return admins;
    await Promise.allSettled([admins.log.disconnect(), admins.stable.disconnect()]);
    throw (failed as PromiseRejectedResult).reason;
  }
}
