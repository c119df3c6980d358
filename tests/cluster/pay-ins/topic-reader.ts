import { randomUUID } from 'node:crypto';
import type { KafkaConnection } from '@billing/cluster';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from '@billing/testing';

export interface StoredMessage {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | undefined;
  readonly value: Record<string, string>;
}

export interface TopicPlace {
  readonly broker: KafkaConnection;
  readonly topic: string;
}

const READ_WITHIN_MS = 30_000;

/**
 * Every message of a topic as it is now, by partition and offset: a plain reader, not the system's.
 * Tried again while a broker that has just started looks for its leaders and groups.
 */
export function readTopic(place: TopicPlace): Promise<StoredMessage[]> {
  return eventually(
    () => readOnce(place),
    () => true,
    READ_WITHIN_MS,
  );
}

async function readOnce(options: TopicPlace): Promise<StoredMessage[]> {
  const kafka = new Kafka({ ...options.broker, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(options.topic).finally(() => admin.disconnect());
  const left = new Map(
    ends.filter(({ low, high }) => low !== high).map((end) => [end.partition, BigInt(end.high)]),
  );
  const messages: StoredMessage[] = [];
  if (left.size === 0) return messages;

  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic: options.topic, fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      void consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch: { partition, messages: batch } }) => {
            for (const { offset, key, value } of batch) {
              const text = value?.toString() ?? '{}';
              messages.push({
                partition,
                offset: BigInt(offset),
                key: key?.toString(),
                value: JSON.parse(text) as Record<string, string>,
              });
              if (BigInt(offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
            }
            if (left.size === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return messages.sort((a, b) => a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
}
