import { Kafka, logLevel } from 'kafkajs';

export interface StoredMessage {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | undefined;
  readonly value: Record<string, string>;
}

/** Every message of a topic as it is now, by partition and offset: a plain reader, not the system's. */
export async function readTopic(options: {
  broker: string;
  topic: string;
}): Promise<StoredMessage[]> {
  const kafka = new Kafka({
    brokers: [options.broker],
    logLevel: logLevel.NOTHING,
    // A broker that was killed a moment ago loads its groups first.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 30 },
  });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(options.topic).finally(() => admin.disconnect());
  const left = new Map(
    ends.filter(({ low, high }) => low !== high).map((end) => [end.partition, BigInt(end.high)]),
  );
  const messages: StoredMessage[] = [];
  if (left.size === 0) return messages;

  const consumer = kafka.consumer({ groupId: `reader-${process.pid}-${Date.now()}` });
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
