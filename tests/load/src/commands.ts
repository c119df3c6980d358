import { randomBytes, randomInt } from 'node:crypto';
import type { KafkaConnection } from '@billing/cluster';
import { PAY_IN_PARTITIONS, PAY_IN_TOPIC } from '@billing/contracts';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

/** A pay-in as its producer has it: key and value of the message. */
export interface PreparedMessage {
  readonly key: string;
  readonly value: Buffer;
}

/** UUID version 7 (RFC 9562): milliseconds first, so that ids arrive nearly in index order. */
export function uuidV7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Messages for accounts drawn evenly, by the partition that their key leads to. */
export function prepareMessages(accountIds: readonly bigint[], count: number): PreparedMessage[][] {
  const choose = Partitioners.DefaultPartitioner();
  const metadata = Array.from({ length: PAY_IN_PARTITIONS }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [0],
    isr: [0],
  }));
  const partitionOf = new Map<string, number>();
  const partitions: PreparedMessage[][] = Array.from({ length: PAY_IN_PARTITIONS }, () => []);
  for (let i = 0; i < count; i += 1) {
    const key = String(accountIds[randomInt(accountIds.length)]);
    let partition = partitionOf.get(key);
    if (partition === undefined) {
      partition = choose({
        topic: PAY_IN_TOPIC,
        partitionMetadata: metadata,
        message: { key, value: null },
      });
      partitionOf.set(key, partition);
    }
    const command = { commandId: uuidV7(), accountId: key, amount: '12.50', currency: 'USD' };
    partitions[partition]!.push({ key, value: Buffer.from(JSON.stringify(command)) });
  }
  return partitions;
}

const SEND_MESSAGES_MAX = 5_000;

/** Fills the topic, each partition in its order. */
export async function fillTopic(
  broker: KafkaConnection,
  topic: string,
  partitions: readonly PreparedMessage[][],
): Promise<void> {
  const kafka = new Kafka({ ...broker, clientId: 'bench', logLevel: logLevel.ERROR });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  for (const [partition, messages] of partitions.entries()) {
    for (let start = 0; start < messages.length; start += SEND_MESSAGES_MAX) {
      const part = messages.slice(start, start + SEND_MESSAGES_MAX);
      await producer.send({ topic, acks: -1, messages: part.map((m) => ({ ...m, partition })) });
    }
  }
  await producer.disconnect();
}
