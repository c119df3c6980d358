import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaConnection } from '@billing/cluster';
import { eventually, type Ledger } from '@billing/testing';
import {
  CompressionTypes,
  Kafka,
  logLevel,
  type Admin,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';

export const PAY_IN_TOPIC = 'billing.payin';

const sendTriesMax = 10;
const sendAgainAfterMs = 1_000;

export interface Command {
  commandId: string;
  accountId: string;
  amount: string;
  currency: string;
  reference?: string;
  metadata?: Record<string, unknown>;
  tenant?: string;
  client?: string;
  home?: string;
}

export function command(
  accountId: bigint | string,
  amount: string,
  rest: Partial<Command> = {},
): Command {
  return {
    commandId: randomUUID(),
    accountId: String(accountId),
    amount,
    currency: 'USD',
    ...rest,
  };
}

export interface RawMessage {
  key: string | null;
  value: Buffer | null;
  partition?: number;
  /** Default: now. */
  timestamp?: string;
}

/** A service that produces pay-ins with plain kafkajs, as any upstream would. */
export class Upstream {
  private readonly producer: Producer;
  readonly admin: Admin;

  private constructor(
    private readonly kafka: Kafka,
    readonly topic: string,
  ) {
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
    this.admin = kafka.admin();
  }

  static async connect(broker: KafkaConnection, topic = PAY_IN_TOPIC): Promise<Upstream> {
    const upstream = new Upstream(
      new Kafka({
        ...broker,
        clientId: 'upstream',
        logLevel: logLevel.NOTHING,
        retry: { retries: 20 },
      }),
      topic,
    );
    await Promise.all([upstream.producer.connect(), upstream.admin.connect()]);
    return upstream;
  }

  /** Key = account id, so that an account's commands stay in order. */
  async send(commands: readonly Command[]): Promise<void> {
    await this.sendRaw(
      commands.map((value) => ({
        key: value.accountId,
        value: Buffer.from(JSON.stringify(value)),
      })),
    );
  }

  async sendRaw(
    messages: readonly RawMessage[],
    compression = CompressionTypes.None,
  ): Promise<void> {
    for (let start = 0; start < messages.length; start += 1_000) {
      await this.sendBatch(messages.slice(start, start + 1_000), compression);
    }
  }

  /**
   * kafkajs gives up at once when the broker is refused while it asks for metadata, whatever its retries
   * say. A service then sends the batch again, under the same command ids.
   */
  private async sendBatch(
    messages: readonly RawMessage[],
    compression: CompressionTypes,
  ): Promise<void> {
    for (let triesLeft = sendTriesMax; ; triesLeft -= 1) {
      try {
        const copies = messages.map((message) => ({ ...message }));
        const { topic } = this;
        await this.producer.send({ topic, acks: -1, compression, messages: copies });
        return;
      } catch (error) {
        if (triesLeft === 1) throw error;
        await sleep(sendAgainAfterMs);
      }
    }
  }

  /** A producer with transactions; connect and disconnect it yourself. */
  transactional(transactionalId: string, more: ProducerConfig = {}): Producer {
    const transactions = { transactionalId, idempotent: true, maxInFlightRequests: 1 };
    return this.kafka.producer({ ...transactions, ...more });
  }

  /** Until PostgreSQL has stored every offset of the topic's log. */
  async untilStored(ledger: Ledger): Promise<void> {
    await eventually(
      async () => {
        const ends = await this.admin.fetchTopicOffsets(this.topic);
        const stored = await ledger.rows<{ partition_id: number; next_offset: bigint }>(
          'select partition_id, next_offset from billing.consumer_offsets where topic = $1',
          [this.topic],
        );
        const reached = new Map(stored.map((row) => [row.partition_id, row.next_offset]));
        return ends.filter((end) => (reached.get(end.partition) ?? 0n) < BigInt(end.high)).length;
      },
      (behind) => behind === 0,
      60_000,
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()]);
  }
}
