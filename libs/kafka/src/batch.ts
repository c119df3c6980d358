import type { UnreadableStretch } from './fetch-decoder.js';

/** A message as it came from the broker. */
export interface KafkaBatchMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** What one fetch brought of one partition. Covers the offsets [fetchedOffset, nextOffset). */
export interface KafkaBatch {
  readonly topic: string;
  readonly partition: number;
  /** The offset the broker was asked for: nothing at or after it was left out. */
  readonly fetchedOffset: bigint;
  readonly nextOffset: bigint;
  /**
   * In offset order; transaction markers and aborted messages are left out. None: there is nothing else
   * in these offsets, and where they end is to be stored all the same.
   */
  readonly messages: readonly KafkaBatchMessage[];
  /** Stands behind them, from nextOffset on: what nobody can read. */
  readonly unreadable: UnreadableStretch | undefined;
}

/**
 * What the handler of a batch says at its end: where the partition goes on, or that it is on hold
 * until `KafkaBatchServer.resume`.
 */
export type BatchVerdict = { readonly nextOffset: bigint } | 'hold';

/** What a handler may ask of the consumer while it works on a batch. */
export interface BatchControl {
  /**
   * Tells the group that this member lives; sends at most one request per heartbeat interval.
   * Throws when the group has moved on: let the error pass, kafkajs joins again.
   */
  heartbeat(): Promise<void>;
  /** False once the consumer is stopping: return soon, what is not resolved comes again. */
  isRunning(): boolean;
}

/** The payload that a handler of `KafkaBatchServer` gets. */
export interface BatchDelivery {
  readonly batch: KafkaBatch;
  readonly control: BatchControl;
}

/** First and next-to-be-written offset of a partition, as the broker says now. */
export interface PartitionWatermarks {
  readonly logStart: bigint;
  /** The true end of the log, open transactions and all. */
  readonly highWatermark: bigint;
}

export interface PartitionEnds extends PartitionWatermarks {
  /** Where consumers stop: the first message of the oldest open transaction, or the high watermark. */
  readonly lastStable: bigint;
}
