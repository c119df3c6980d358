import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { PartitionWatermarks } from './batch.js';
import type { KafkaClientOptions } from './kafka-client.js';
import { kafkajsLog } from './kafka.log.js';

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 2_000;

/** Asks the broker where the partitions of a topic stand, consuming nothing. Impatient: it is asked again. */
export class TopicOffsets {
  private readonly kafka: Kafka;
  private admin: Promise<Admin> | undefined;

  constructor(
    private readonly topic: string,
    options: KafkaClientOptions,
  ) {
    this.kafka = new Kafka({
      brokers: [...options.brokers],
      clientId: options.clientId,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
      logCreator: kafkajsLog(options.log),
    });
  }

  /** @throws KafkaJSError */
  watermarks(): Promise<ReadonlyMap<number, PartitionWatermarks>> {
    return this.ask(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(this.topic);
      return new Map(
        offsets.map(({ partition, low, high }) => [
          partition,
          { logStart: BigInt(low), highWatermark: BigInt(high) },
        ]),
      );
    });
  }

  /**
   * Of each partition, where its first message from that time on stands; the high watermark when there
   * is none. Messages before it are older. @throws KafkaJSError
   */
  offsetsAt(timestampMs: number): Promise<ReadonlyMap<number, bigint>> {
    return this.ask(async (admin) => {
      const offsets = await admin.fetchTopicOffsetsByTimestamp(this.topic, timestampMs);
      return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
    });
  }

  /** Never throws. */
  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.then((connected) => connected.disconnect()).catch(() => undefined);
  }

  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.admin ??= this.connect();
    try {
      return await question(await this.admin);
    } catch (error) {
      // kafkajs keeps using a connection whose answers stopped coming.
      await this.close();
      throw error;
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}
