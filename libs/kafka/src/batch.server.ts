import { EventEmitter } from 'node:events';
import {
  BaseRpcContext,
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
} from '@nestjs/microservices';
import kafkajs, {
  type Admin,
  type Batch,
  type Consumer,
  type EachBatchPayload,
  type Kafka,
} from 'kafkajs';
import { isObservable, lastValueFrom } from 'rxjs';
import type {
  BatchControl,
  BatchDelivery,
  BatchVerdict,
  KafkaBatch,
  PartitionWatermarks,
} from './batch.js';
import { installFetchDecoder, type DecodedMessage } from './fetch.decoder.js';
import { createKafkaClient, type KafkaClientOptions } from './kafka-client.js';

export interface KafkaBatchServerOptions extends KafkaClientOptions {
  readonly groupId: string;
  /** Group members in this process. One fetches while another's batch is being applied. */
  readonly members: number;
  /** Partitions that each member works on at a time. */
  readonly partitionsConcurrent: number;
  /** Bytes of one partition in one fetch, about. */
  readonly fetchBytesMax: number;
  readonly sessionTimeoutMs: number;
}

/** Events of the server; listen with `on`. */
// A type, not an interface: Nest asks for an index signature.
export type KafkaBatchServerEvents = {
  /** A member was given these partitions, in place of those it had. */
  assigned: (topic: string, partitions: readonly number[]) => void;
  /** A member has crashed and kafkajs will not restart it. */
  crashed: (error: Error) => void;
};

const HEARTBEAT_INTERVAL_MS = 3_000;
const FETCH_WAIT_MS = 250;

/**
 * Nest transport strategy that hands whole Kafka batches to one `@EventPattern(topic)` handler a topic
 * (Nest's own Kafka server works message by message). The handler's verdict says where the partition
 * goes on; the offset committed to Kafka follows it and is for lag tools only.
 */
export class KafkaBatchServer
  extends Server<KafkaBatchServerEvents>
  implements CustomTransportStrategy
{
  private readonly kafka: Kafka;
  private readonly admin: Admin;
  private readonly consumers: Consumer[] = [];
  private readonly events = new EventEmitter();
  /** The member that was last given each partition. */
  private readonly owners = new Map<string, Consumer>();
  /**
   * Stretches without a message for a handler (transaction markers, aborted transactions), which
   * kafkajs passes over by itself. They belong to the next batch, which would else begin in a gap.
   */
  private readonly passedOver = new Map<string, { from: bigint; to: bigint }>();
  /** How often each partition was resumed, so that a hold decided before can be told from one after. */
  private readonly resumptions = new Map<string, number>();

  constructor(private readonly options: KafkaBatchServerOptions) {
    super();
    installFetchDecoder();
    this.kafka = createKafkaClient(options);
    this.admin = this.kafka.admin();
  }

  /** Called by Nest with all handlers registered. @throws when a topic has not exactly one handler */
  listen(callback: (error?: unknown) => void): void {
    this.start().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  on<E extends keyof KafkaBatchServerEvents>(event: E, callback: KafkaBatchServerEvents[E]): void {
    this.events.on(event, callback);
  }

  unwrap<T>(): T {
    return this.kafka as T;
  }

  /** Finishes batches under way, leaves the group, disconnects. */
  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.disconnect()));
    await this.admin.disconnect();
  }

  /** Takes a partition off hold, also one whose handler is about to answer "hold". */
  resume(topic: string, partition: number): void {
    const key = `${topic}/${partition}`;
    this.resumptions.set(key, this.resumptionsOf(key) + 1);
    for (const consumer of this.consumers) consumer.resume([{ topic, partitions: [partition] }]);
  }

  /** Makes the member that has the partition go on there; a batch under way becomes stale. */
  seek(topic: string, partition: number, offset: bigint): void {
    this.owners.get(`${topic}/${partition}`)?.seek({ topic, partition, offset: String(offset) });
  }

  /** What the broker says of each partition now. */
  async watermarks(topic: string): Promise<ReadonlyMap<number, PartitionWatermarks>> {
    const offsets = await this.admin.fetchTopicOffsets(topic);
    return new Map(
      offsets.map(({ partition, low, high }) => [
        partition,
        { logStart: BigInt(low), highWatermark: BigInt(high) },
      ]),
    );
  }

  private async start(): Promise<void> {
    const handlers = this.handlersByTopic();
    await this.admin.connect();
    // Together, so that the group rebalances once and not once a member.
    await Promise.all(Array.from({ length: this.options.members }, () => this.runMember(handlers)));
  }

  private async runMember(handlers: ReadonlyMap<string, MessageHandler>): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: this.options.groupId,
      sessionTimeout: this.options.sessionTimeoutMs,
      rebalanceTimeout: this.options.sessionTimeoutMs,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      maxBytesPerPartition: this.options.fetchBytesMax,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      // Aborted transactions of upstream producers are not pay-ins.
      readUncommitted: false,
      retry: { retries: 10, restartOnFailure: () => Promise.resolve(true) },
    });
    this.consumers.push(consumer);
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
        for (const partition of partitions) this.owners.set(`${topic}/${partition}`, consumer);
        this.events.emit('assigned', topic, partitions);
      }
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.notePassedOver(payload);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.events.emit('crashed', payload.error);
    });
    await consumer.connect();
    // Where the log begins is the start for a group without committed offsets: nothing is skipped.
    await consumer.subscribe({ topics: [...handlers.keys()], fromBeginning: true });
    await consumer.run({
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.options.partitionsConcurrent,
      eachBatch: (payload) =>
        this.handleBatch(consumer, handlers.get(payload.batch.topic)!, payload),
    });
  }

  private handlersByTopic(): Map<string, MessageHandler> {
    const handlers = new Map(this.messageHandlers);
    if (handlers.size === 0) throw new Error('no topic has a handler: nothing would be consumed');
    for (const [topic, handler] of handlers) {
      if (!handler.isEventHandler || handler.next !== undefined) {
        throw new Error(`topic ${topic} must have exactly one @EventPattern handler`);
      }
    }
    return handlers;
  }

  private notePassedOver(stretch: {
    topic: string;
    partition: number;
    firstOffset: string | null;
    lastOffset: string;
  }): void {
    if (stretch.firstOffset === null) return;
    const key = `${stretch.topic}/${stretch.partition}`;
    const from = BigInt(stretch.firstOffset);
    const before = this.passedOver.get(key);
    this.passedOver.set(key, {
      from: before?.to === from ? before.from : from,
      to: BigInt(stretch.lastOffset) + 1n,
    });
  }

  private resumptionsOf(key: string): number {
    return this.resumptions.get(key) ?? 0;
  }

  private async handleBatch(
    consumer: Consumer,
    handler: MessageHandler,
    payload: EachBatchPayload,
  ): Promise<void> {
    const { batch, heartbeat, isRunning, isStale, pause, resolveOffset } = payload;
    if (!isRunning() || isStale()) return;
    const control: BatchControl = { heartbeat, isRunning: () => isRunning() && !isStale() };
    const key = `${batch.topic}/${batch.partition}`;
    const resumptionsBefore = this.resumptionsOf(key);
    const delivery: BatchDelivery = {
      batch: toKafkaBatch(batch, this.passedOver.get(key)),
      control,
    };
    let verdict: BatchVerdict | undefined;
    try {
      const answer: unknown = await handler(delivery, new BaseRpcContext([]));
      verdict = (await (isObservable(answer) ? lastValueFrom(answer) : answer)) as typeof verdict;
    } catch (error) {
      // kafkajs would try again whatever it was; a bug stays one, so the process is to end.
      if (!isRetryable(error)) this.events.emit('crashed', error);
      throw error;
    }

    if (verdict === undefined) return;
    if (verdict === 'hold') {
      if (this.resumptionsOf(key) === resumptionsBefore) pause();
    } else if (verdict.nextOffset === BigInt(batch.lastOffset()) + 1n) {
      resolveOffset(batch.lastOffset());
    } else {
      consumer.seek({
        topic: batch.topic,
        partition: batch.partition,
        offset: verdict.nextOffset.toString(),
      });
    }
  }
}

/** Errors of kafkajs (heartbeats) and those that say so themselves. */
function isRetryable(error: unknown): boolean {
  return (
    error instanceof kafkajs.KafkaJSError || (error as { retryable?: boolean }).retryable === true
  );
}

function toKafkaBatch(batch: Batch, passedOver?: { from: bigint; to: bigint }): KafkaBatch {
  // Not in kafkajs's types; set by its Batch class since 2.0.
  const { fetchedOffset } = batch as Batch & { fetchedOffset: string | number };
  const asked = BigInt(fetchedOffset);
  const { unreadable: mark } = (batch.messages.at(-1) ?? {}) as Partial<DecodedMessage>;
  const unreadable = mark && { firstOffset: asked, nextOffset: asked + 1n, ...mark };
  const endOffset = unreadable?.firstOffset ?? BigInt(batch.lastOffset()) + 1n;
  return {
    topic: batch.topic,
    partition: batch.partition,
    fetchedOffset: passedOver?.to === asked ? passedOver.from : asked,
    // One may begin before what was asked for.
    nextOffset: endOffset > asked ? endOffset : asked,
    messages: unreadable === undefined ? batch.messages : batch.messages.slice(0, -1),
    unreadable,
  };
}
