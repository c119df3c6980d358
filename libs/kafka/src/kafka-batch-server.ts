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
import { reasonOf, toMissingTopic, toRefusal, toSilence } from './broker-refusal.errors.js';
import { BrokerRefusals } from './broker-refusals.js';
import {
  installFetchDecoder,
  type DecodedMessage,
  type UnreadableStretch,
} from './fetch-decoder.js';
import { createKafkaClient, createLogAdmin, type KafkaClientOptions } from './kafka-client.js';
import { LongFetches } from './long-fetches.js';
import { PassedOver, type Stretch } from './passed-over.js';

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
  /** A member has crashed and is not started again: neither an outage nor a refusal. */
  crashed: (error: Error) => void;
};

const HEARTBEAT_INTERVAL_MS = 3_000;
// A message ends it at once. What it delays by that much at most is a stop, and a partition that is new or read again.
const FETCH_WAIT_MS = 1_000;
// Of a member to which nothing comes; a stop, or a partition to be read again, ends it. Each one is followed by a heartbeat,
// which is how a member hears that its group rebalances.
const QUIET_FETCH_WAIT_MS = HEARTBEAT_INTERVAL_MS + 100;
// Not a rhythm: offsets are committed after each batch. It has kafkajs commit those of a batch without a
// message, too, which it does for no other setting.
const COMMIT_EMPTY_AFTER_MS = 1;
const bugs = new Set<unknown>(['RangeError', 'ReferenceError', 'SyntaxError', 'TypeError']);

/**
 * Nest transport strategy that hands whole Kafka batches to one `@EventPattern(topic)` handler a topic
 * (Nest's own Kafka server works message by message). The handler's verdict says where the partition
 * goes on; the offset committed to Kafka follows it and is for lag tools only.
 *
 * A broker that refuses this client, or has no such topic, is asked again every two seconds, at the start and
 * ever after: the process does not end, and `failure` says what is to be mended.
 */
export class KafkaBatchServer
  extends Server<KafkaBatchServerEvents>
  implements CustomTransportStrategy
{
  private readonly kafka: Kafka;
  private readonly admin: Admin;
  private readonly fetches = new LongFetches(QUIET_FETCH_WAIT_MS);
  private readonly consumers: Consumer[] = [];
  private readonly events = new EventEmitter();
  /** The member that was last given each partition. */
  private readonly owners = new Map<string, Consumer>();
  private readonly passedOver = new PassedOver();
  /** Partitions of which a handler is being told what was passed over. */
  private readonly telling = new Set<string>();
  private closing = false;
  private readonly refusals: BrokerRefusals;
  /** Why the last try to start met nobody. */
  private unopened: string | undefined;
  /** How often each partition was resumed, so that a hold decided before can be told from one after. */
  private readonly resumptions = new Map<string, number>();

  constructor(private readonly options: KafkaBatchServerOptions) {
    super();
    installFetchDecoder();
    this.kafka = createKafkaClient(options);
    this.admin = createLogAdmin(this.kafka);
    this.refusals = new BrokerRefusals(options.log, 'consumer');
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
    this.closing = true;
    this.refusals.close();
    await this.disconnect();
  }

  private async disconnect(): Promise<void> {
    const disconnected = this.consumers.map((consumer) => consumer.disconnect());
    this.fetches.cutShort();
    await Promise.all(disconnected);
    await this.admin.disconnect();
  }

  /** Takes a partition off hold, also one whose handler is about to answer "hold". */
  resume(topic: string, partition: number): void {
    if (this.closing) return;
    const key = `${topic}/${partition}`;
    this.resumptions.set(key, this.resumptionsOf(key) + 1);
    for (const consumer of this.consumers) consumer.resume([{ topic, partitions: [partition] }]);
    this.fetches.cutShort();
  }

  /** The group has given the partition to a member of this process, as far as it knows. */
  owns(topic: string, partition: number): boolean {
    return this.owners.has(`${topic}/${partition}`);
  }

  /** Makes the member that has the partition go on there; a batch under way becomes stale. */
  seek(topic: string, partition: number, offset: bigint): void {
    // Whoever reads next goes on at the stored offset; a consumer that has stopped would throw.
    if (this.closing) return;
    const key = `${topic}/${partition}`;
    this.passedOver.forget(key);
    this.owners.get(key)?.seek({ topic, partition, offset: String(offset) });
    this.fetches.cutShort();
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

  /** Why no batches of the topic can come now, or undefined. Asks the broker. */
  async failure(topic: string): Promise<string | undefined> {
    const failure = this.refusal ?? this.unopened;
    if (failure !== undefined) return failure;
    try {
      await this.watermarks(topic);
      return undefined;
    } catch (error) {
      return toMissingTopic(error)?.message ?? reasonOf(error);
    }
  }

  /** What somebody has to mend at the broker before batches come, or undefined. Asks nobody. */
  get refusal(): string | undefined {
    return this.refusals.message;
  }

  private async start(): Promise<void> {
    const handlers = this.handlersByTopic();
    for (;;) {
      const failure = await this.open(handlers);
      this.unopened = failure && reasonOf(failure);
      if (failure === undefined) return;
      const missing = toMissingTopic(failure);
      if (missing !== undefined) this.refusals.note(missing);
      else if (!this.refusals.noteUnopened(failure)) {
        // Each try has taken ten seconds.
        const { unopened: reason } = this;
        this.options.log.warn({ reason }, 'the broker is away; trying again');
      }
      await this.refusals.pause();
    }
  }

  /** @returns what kafkajs met, or undefined. @throws what it did not expect, and anything once closing */
  private async open(handlers: ReadonlyMap<string, MessageHandler>): Promise<Error | undefined> {
    try {
      await this.admin.connect();
      // Joined together, once all are connected, so that the group rebalances once: a member that comes later is waited
      // for until the others' next heartbeat, and partitions are claimed twice.
      const members = Array.from({ length: this.options.members }, () => this.makeMember(handlers));
      for (const step of ['connect', 'run'] as const) {
        const steps = members.map((member) => member[step]());
        const failed = (await Promise.allSettled(steps)).find(isRejected);
        if (failed !== undefined) throw failed.reason;
      }
      return undefined;
    } catch (error) {
      if (this.closing || !isOfBroker(error)) throw error;
      await this.disconnect();
      this.consumers.length = 0;
      return error;
    }
  }

  private makeMember(handlers: ReadonlyMap<string, MessageHandler>): Member {
    // A client of its own: consumers of one client share a table of committed offsets by group, which each empties when it
    // joins (kafkajs 2.2.4, `offsets` of Kafka and `clearAllOffsets` of OffsetManager).
    const client = this.fetches.of(createKafkaClient(this.options));
    const consumer = client.consumer({
      groupId: this.options.groupId,
      sessionTimeout: this.options.sessionTimeoutMs,
      rebalanceTimeout: this.options.sessionTimeoutMs,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      maxBytesPerPartition: this.options.fetchBytesMax,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      // The broker may do so by default: it would have other settings, and be none that anybody writes to.
      allowAutoTopicCreation: false,
      // Aborted transactions of upstream producers are not pay-ins.
      readUncommitted: false,
      retry: { retries: 10, restartOnFailure: () => Promise.resolve(true) },
    });
    this.consumers.push(consumer);
    const run = (): Promise<void> =>
      consumer.run({
        eachBatchAutoResolve: false,
        autoCommitInterval: COMMIT_EMPTY_AFTER_MS,
        partitionsConsumedConcurrently: this.options.partitionsConcurrent,
        eachBatch: (payload) =>
          this.handleBatch(consumer, handlers.get(payload.batch.topic)!, payload),
      });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      for (const [key, owner] of this.owners) if (owner === consumer) this.disown(key);
      for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
        for (const partition of partitions) this.owners.set(`${topic}/${partition}`, consumer);
        this.events.emit('assigned', topic, partitions);
      }
    });
    // At its start: kafkajs resolves and commits next, and says nothing more where that fails.
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, batchSize, firstOffset, lastOffset } = payload;
      if (batchSize > 0 || firstOffset === null) return;
      const stretch = { from: BigInt(firstOffset), to: BigInt(lastOffset) + 1n };
      this.passedOver.note(`${topic}/${partition}`, stretch);
      void this.tellPassedOver(consumer, handlers.get(topic)!, topic, partition);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      const refusal = toMissingTopic(payload.error) ?? toRefusal(payload.error);
      if (refusal === undefined) this.refusals.forget();
      else this.refusals.note(refusal);
      if (payload.restart) return;
      // To kafkajs a login that a broker's end cut short is none to try again.
      const passes = refusal !== undefined || toSilence(payload.error) !== undefined;
      if (passes) void this.runAgain(consumer, run);
      else this.events.emit('crashed', payload.error);
    });
    // What was fetched was granted.
    consumer.on(consumer.events.FETCH, () => this.refusals.end());
    const connect = async (): Promise<void> => {
      await consumer.connect();
      // Where the log begins is the start for a group without committed offsets: nothing is skipped.
      await consumer.subscribe({ topics: [...handlers.keys()], fromBeginning: true });
    };
    return { connect, run };
  }

  /** kafkajs starts a member again after an outage, not after a refusal. */
  private async runAgain(consumer: Consumer, run: () => Promise<void>): Promise<void> {
    try {
      await this.refusals.pause();
      // Given up with the others of a start that was refused: that one makes new ones.
      if (!this.consumers.includes(consumer)) return;
      // What it meets is told as a crash.
      await run();
    } catch (error) {
      if (!this.closing) this.events.emit('crashed', error);
    }
  }

  private disown(key: string): void {
    this.owners.delete(key);
    this.passedOver.forget(key);
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

  /**
   * Has the handler store where a stretch without messages ends: no batch may ever come behind it. kafkajs
   * goes on meanwhile, so a verdict other than "goes on" has it read the stretch again.
   */
  private async tellPassedOver(
    consumer: Consumer,
    handler: MessageHandler,
    topic: string,
    partition: number,
  ): Promise<void> {
    const key = `${topic}/${partition}`;
    if (this.telling.has(key)) return;
    this.telling.add(key);
    const isRunning = (): boolean => !this.closing && this.owners.get(key) === consumer;
    // The member's own loop is not held up and keeps its place in the group.
    const control: BatchControl = { heartbeat: () => Promise.resolve(), isRunning };
    try {
      let told: Stretch | undefined;
      for (;;) {
        const stretch = this.passedOver.of(key);
        if (stretch === undefined || stretch.to === told?.to || !isRunning()) return;
        told = stretch;
        const batch: KafkaBatch = {
          topic,
          partition,
          fetchedOffset: stretch.from,
          nextOffset: stretch.to,
          messages: [],
          unreadable: undefined,
        };
        const resumptionsBefore = this.resumptionsOf(key);
        const verdict = await ask(handler, { batch, control });
        if (!isRunning()) return;
        if (verdict === 'hold') {
          if (this.resumptionsOf(key) === resumptionsBefore) {
            consumer.pause([{ topic, partitions: [partition] }]);
          }
        } else if (verdict === undefined || verdict.nextOffset < stretch.to) {
          this.seek(topic, partition, verdict?.nextOffset ?? stretch.from);
        }
      }
    } catch (error) {
      if (!isRetryable(error)) this.events.emit('crashed', error);
      else this.readAgain(key, topic, partition);
    } finally {
      this.telling.delete(key);
      const owner = this.owners.get(key);
      // It has passed to another member meanwhile, whose own stretches were left to this one.
      if (owner !== undefined && owner !== consumer) {
        void this.tellPassedOver(owner, handler, topic, partition);
      }
    }
  }

  /** After a stretch could not be stored: the broker shows it once more. */
  private readAgain(key: string, topic: string, partition: number): void {
    const stretch = this.passedOver.of(key);
    if (stretch !== undefined) this.seek(topic, partition, stretch.from);
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
      batch: this.toKafkaBatch(key, batch),
      control,
    };
    let verdict: BatchVerdict | undefined;
    try {
      verdict = await ask(handler, delivery);
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
      this.passedOver.forget(key);
      consumer.seek({
        topic: batch.topic,
        partition: batch.partition,
        offset: verdict.nextOffset.toString(),
      });
    }
  }

  private toKafkaBatch(key: string, batch: Batch): KafkaBatch {
    // Not in kafkajs's types; set by its Batch class since 2.0.
    const { fetchedOffset } = batch as Batch & { fetchedOffset: string | number };
    const asked = BigInt(fetchedOffset);
    const { unreadable: mark } = (batch.messages.at(-1) ?? {}) as Partial<DecodedMessage>;
    const unreadable = mark && toStretch(mark, asked);
    return {
      topic: batch.topic,
      partition: batch.partition,
      fetchedOffset: this.passedOver.beginningOf(key, asked),
      nextOffset: unreadable?.firstOffset ?? BigInt(batch.lastOffset()) + 1n,
      messages: unreadable === undefined ? batch.messages : batch.messages.slice(0, -1),
      unreadable,
    };
  }
}

/** Of a stretch whose end is not known one offset is given up: what is asked for next may be read. */
function toStretch(
  mark: NonNullable<DecodedMessage['unreadable']>,
  asked: bigint,
): UnreadableStretch {
  const { firstOffset = asked, nextOffset = 0n, failure } = mark;
  const first = firstOffset > asked ? firstOffset : asked;
  return { firstOffset: first, nextOffset: nextOffset > first ? nextOffset : first + 1n, failure };
}

interface Member {
  connect(): Promise<void>;
  /** Joins the group. */
  run(): Promise<void>;
}

function isRejected(result: PromiseSettledResult<void>): result is PromiseRejectedResult {
  return result.status === 'rejected';
}

async function ask(
  handler: MessageHandler,
  delivery: BatchDelivery,
): Promise<BatchVerdict | undefined> {
  const answer: unknown = await handler(delivery, new BaseRpcContext([]));
  return (await (isObservable(answer) ? lastValueFrom(answer) : answer)) as
    BatchVerdict | undefined;
}

/** Not a bug, which kafkajs wraps as it does what a broker says, and never tries again. */
function isOfBroker(error: unknown): error is Error {
  const { name } = ((error as Error).cause ?? {}) as { readonly name?: string };
  return error instanceof kafkajs.KafkaJSError && !bugs.has(name);
}

/** Errors of kafkajs (heartbeats) and those that say so themselves. */
function isRetryable(error: unknown): boolean {
  return (
    error instanceof kafkajs.KafkaJSError || (error as { retryable?: boolean }).retryable === true
  );
}
