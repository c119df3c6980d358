import kafkajs, { CompressionTypes, type Producer } from 'kafkajs';
import { explained } from './broker-refusal.errors.js';
import { createKafkaClient, type KafkaClientOptions } from './kafka-client.js';

export interface DeadLetterCopy {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

const ACKNOWLEDGE_TIMEOUT_MS = 5_000;

/** The broker's words on messages, not on itself: the same ones will be refused again. */
const refusals: readonly string[] = [
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
];

/** At least one of the copies sent together is not taken, as it is. */
export class CopyRefusedError extends Error {
  readonly code = 'COPY_REFUSED';
  readonly retryable = false;

  constructor(
    readonly refusal: string,
    cause: unknown,
  ) {
    super(`the broker refuses a copy: ${refusal}`, { cause });
    this.name = 'CopyRefusedError';
  }
}

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

  /**
   * Resolves when the broker has all of them. Throws otherwise: send them again.
   * @throws BrokerRefusalError
   * @throws CopyRefusedError when that is of no use; some of them may have been taken
   */
  async send(copies: readonly DeadLetterCopy[]): Promise<void> {
    this.connecting ??= this.producer.connect().catch((error: unknown) => {
      this.connecting = undefined;
      throw explained(error);
    });
    await this.connecting;
    try {
      await this.producer.send({
        topic: this.topic,
        acks: -1,
        timeout: ACKNOWLEDGE_TIMEOUT_MS,
        compression: CompressionTypes.None,
        messages: copies.map((copy) => ({ ...copy, headers: { ...copy.headers } })),
      });
    } catch (error) {
      const refusal = refusals.find((type) => type === typeOf(error));
      throw refusal === undefined ? explained(error) : new CopyRefusedError(refusal, error);
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}

/** kafkajs wraps what the broker said in errors of its own. */
function typeOf(error: unknown): string | undefined {
  if (error instanceof kafkajs.KafkaJSProtocolError) return error.type;
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? typeOf(cause) : undefined;
}
