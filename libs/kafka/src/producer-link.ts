import {
  Kafka,
  logLevel,
  Partitioners,
  type Admin,
  type Message,
  type PartitionerArgs,
  type Producer,
} from 'kafkajs';
import { securityOf } from './kafka-client.js';
import { kafkajsLog, type KafkaLog } from './kafka-log.js';
import type { KafkaSecurity } from './kafka-security.js';
import { installRequestQueue } from './request-queue.js';

export interface ProducerLinkOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly topic: string;
  /** Bound of one request to the broker. */
  readonly requestTimeoutMs: number;
  readonly log: KafkaLog;
  readonly security?: KafkaSecurity | undefined;
}

export interface OutgoingMessage {
  readonly key: string;
  readonly value: string;
}

/** Where a message stands in the topic. */
export interface Receipt {
  readonly partition: number;
  readonly offset: bigint;
}

const CONNECT_TIMEOUT_MS = 1_000;
const CHECK_TIMEOUT_MS = 1_000;

/**
 * One life of a kafkajs producer: opened, used, and closed for good at the first failure. kafkajs
 * keeps using a connection whose answers stopped coming; a new link starts from a new connection.
 *
 * Not idempotent in Kafka's sense on purpose: after a request without an answer, kafkajs 2.2.4 gives
 * the same sequence numbers to the next batch. Seen with Kafka 4: the broker paused, message A timed
 * out, the broker resumed, message B was acknowledged with A's offset and never stored. Command ids
 * make repeated messages harmless instead.
 */
export class ProducerLink {
  private constructor(
    private readonly producer: Producer,
    private readonly admin: Admin,
    private readonly options: ProducerLinkOptions,
  ) {}

  /** Connects and sees that the topic is there. Nothing stays open if that fails. */
  static async open(options: ProducerLinkOptions): Promise<ProducerLink> {
    installRequestQueue();
    const connect = (requestTimeout: number): Kafka =>
      new Kafka({
        brokers: [...options.brokers],
        clientId: options.clientId,
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout,
        // Whoever uses the link decides what is tried again, and until when.
        retry: { retries: 0 },
        logLevel: logLevel.WARN,
        logCreator: kafkajsLog(options.log),
        ...securityOf(options),
      });
    const producer = connect(options.requestTimeoutMs).producer({
      allowAutoTopicCreation: false,
      createPartitioner: createRememberingPartitioner,
    });
    const link = new ProducerLink(producer, connect(CHECK_TIMEOUT_MS).admin(), options);
    try {
      // The impatient one first: a broker that takes connections and says nothing is away.
      await link.admin.connect();
      await link.check();
      await link.producer.connect();
      return link;
    } catch (error) {
      void link.close();
      throw error;
    }
  }

  /** Asks the broker for the topic; throws unless every partition has a leader. */
  async check(): Promise<void> {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [this.options.topic] });
    const leaderless = topics[0]?.partitions.filter(({ leader }) => leader < 0) ?? [];
    if (topics.length === 0 || leaderless.length > 0) {
      throw new Error(`${leaderless.length} partition(s) of ${this.options.topic} have no leader`);
    }
  }

  /** Appends messages in their order; resolves once all in-sync replicas have them. */
  async send(messages: readonly OutgoingMessage[]): Promise<Receipt[]> {
    const outgoing: RememberingMessage[] = messages.map(({ key, value }) => ({ key, value }));
    const answers = await this.producer.send({
      topic: this.options.topic,
      acks: -1,
      timeout: this.options.requestTimeoutMs,
      messages: outgoing,
    });
    const nextOffsets = new Map<number, bigint>();
    for (const { partition, baseOffset } of answers) {
      if (baseOffset !== undefined) nextOffsets.set(partition, BigInt(baseOffset));
    }
    return outgoing.map(({ chosenPartition }) => {
      const offset = nextOffsets.get(chosenPartition ?? -1);
      if (chosenPartition === undefined || offset === undefined) {
        throw new TypeError(`no offset came back for partition ${chosenPartition}`);
      }
      // A batch goes to its partition whole and in order, so offsets follow the first one.
      nextOffsets.set(chosenPartition, offset + 1n);
      return { partition: chosenPartition, offset };
    });
  }

  /** Never throws; what is in flight fails within its request timeout. */
  async close(): Promise<void> {
    await Promise.allSettled([this.producer.disconnect(), this.admin.disconnect()]);
  }
}

interface RememberingMessage extends Message {
  chosenPartition?: number;
}

/** kafkajs's default partitioner (Java's), leaving its choice on the message. */
function createRememberingPartitioner(): (args: PartitionerArgs) => number {
  const choose = Partitioners.DefaultPartitioner();
  return (args) => {
    const partition = choose(args);
    (args.message as RememberingMessage).chosenPartition = partition;
    return partition;
  };
}
