import { CompressionTypes, type Producer } from 'kafkajs';
import { createKafkaClient, type KafkaClientOptions } from './kafka-client.js';

export interface DeadLetterCopy {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

const ACKNOWLEDGE_TIMEOUT_MS = 5_000;

/** Writes copies of dead letters to a topic, original bytes and reason headers. */
export class DeadLetterProducer {
  private readonly producer: Producer;
  private connecting: Promise<void> | undefined;

  constructor(
    private readonly topic: string,
    options: KafkaClientOptions,
  ) {
    this.producer = createKafkaClient(options).producer({ allowAutoTopicCreation: false });
  }

  /** Resolves when the broker has all of them. Throws otherwise: send them again. */
  async send(copies: readonly DeadLetterCopy[]): Promise<void> {
    this.connecting ??= this.producer.connect().catch((error: unknown) => {
      this.connecting = undefined;
      throw error;
    });
    await this.connecting;
    await this.producer.send({
      topic: this.topic,
      acks: -1,
      timeout: ACKNOWLEDGE_TIMEOUT_MS,
      compression: CompressionTypes.None,
      messages: copies.map((copy) => ({ ...copy, headers: { ...copy.headers } })),
    });
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}
