import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import {
  createImpatientClient,
  createKafkaClient,
  type KafkaClientOptions,
} from './kafka-client.js';

// A door of its own, `@billing/kafka/admin`: who brings a broker up waits for it, and Nest, which is behind
// the other one, takes longer to load than all of this.
const { KafkaJSAggregateError } = kafkajs;

export type BrokerOptions = Omit<KafkaClientOptions, 'log'>;

export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
}

/** Asked once, at most as long as an impatient client waits. Never throws. */
export async function isBrokerAnswering(options: BrokerOptions): Promise<boolean> {
  try {
    await withAdmin(createImpatientClient(quiet(options)), async () => undefined);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes the topics that are missing, with one replica; those that exist stay as they are.
 * @throws Error naming the topic that the broker refuses, KafkaJSError
 */
export async function createTopics(
  options: BrokerOptions,
  topics: readonly WantedTopic[],
  timeoutMs: number,
): Promise<void> {
  const wanted = topics.map(({ name, partitions }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor: 1,
  }));
  try {
    await withAdmin(createKafkaClient(quiet(options), timeoutMs), (admin) =>
      // The broker gives up before we do, and says so.
      admin.createTopics({ topics: wanted, timeout: timeoutMs - 1_000, waitForLeaders: false }),
    );
  } catch (error) {
    throw explainRefusal(error);
  }
}

/** What failed reaches the caller. */
function quiet(options: BrokerOptions): KafkaClientOptions {
  const nothing = (): void => undefined;
  return { ...options, log: { debug: nothing, info: nothing, warn: nothing, error: nothing } };
}

async function withAdmin<T>(kafka: Kafka, act: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}

function explainRefusal(error: unknown): unknown {
  if (!(error instanceof KafkaJSAggregateError)) return error;
  // Of those that exist already kafkajs says so as well, where another was refused.
  const refused = (error.errors as { type?: string; topic?: string; message: string }[]).find(
    ({ type }) => type !== 'TOPIC_ALREADY_EXISTS',
  );
  if (refused === undefined) return error;
  return new Error(`topic ${refused.topic} was not made: ${refused.message}`, { cause: error });
}
