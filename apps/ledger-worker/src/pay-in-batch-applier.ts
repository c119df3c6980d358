import { setTimeout as sleep } from 'node:timers/promises';
import { decodePayIn, type PayInOrigin } from '@billing/contracts';
import {
  applyPayIns,
  DatabaseError,
  haltUnreadable,
  type Database,
  type PayInBatch,
  type PayInBatchOutcome,
  type UnreadableOutcome,
} from '@billing/database';
import type { BatchControl, BatchVerdict, KafkaBatch, UnreadableStretch } from '@billing/kafka';
import type { Log } from '@billing/observability';
import { splitBatch, type BatchBounds } from './batch-parts.js';
import type { OutageWatch } from './outage-watch.js';
import { lookBackOffset, type HeldClaim, type PartitionClaims } from './partition-claims.js';

/** One SQL call: what it was given, and how long the one took that was answered. */
export interface BatchCall {
  readonly messages: number;
  readonly durationMs: number;
}

export interface PayInBatchApplierOptions {
  readonly database: Database;
  readonly claims: PartitionClaims;
  /** What the topic says of its messages. */
  readonly origin: PayInOrigin;
  /** Of one SQL call. */
  readonly bounds: BatchBounds;
  readonly outages: OutageWatch;
  readonly onOutcome: (outcome: PayInBatchOutcome, call: BatchCall) => void;
  readonly log: Log;
}

/** The partition is claimed by somebody else each time this worker claims it: two groups on one node? */
export class PartitionContestedError extends Error {
  readonly code = 'PARTITION_CONTESTED';
  readonly retryable = false;

  constructor(readonly partition: number) {
    super(
      `partition ${partition} was claimed by another worker ${FENCED_MAX} times in a row although ` +
        'the group gave it to this one: does another consumer group write to this database?',
    );
    this.name = 'PartitionContestedError';
  }
}

const FENCED_MAX = 5;

/**
 * Brings batches of one topic into PostgreSQL and says where each partition goes on. PostgreSQL
 * decides: what it has stored is never asked of Kafka's committed offsets.
 */
export class PayInBatchApplier {
  private readonly fencedInARow = new Map<number, number>();

  constructor(private readonly options: PayInBatchApplierOptions) {}

  /** @returns undefined when nothing was decided: the same messages come again */
  async apply(batch: KafkaBatch, control: BatchControl): Promise<BatchVerdict | undefined> {
    const { partition } = batch;
    const claim = await this.persist(partition, control, () => this.options.claims.of(partition));
    if (claim === undefined) return undefined;
    if (claim.haltReason !== undefined) return 'hold';
    const startsTooLate = !claim.lookedBack && batch.fetchedOffset >= claim.nextOffset;
    const lookBackTo = startsTooLate ? lookBackOffset(claim) : undefined;
    claim.lookedBack = true;
    if (lookBackTo !== undefined) return { nextOffset: lookBackTo };

    for (const { messages, firstOffset, nextOffset } of splitBatch(batch, this.options.bounds)) {
      const part: PayInBatch = {
        topic: batch.topic,
        partition: batch.partition,
        epoch: claim.epoch,
        firstOffset,
        nextOffset,
        messages,
        contents: messages.map(({ value }) => decodePayIn(value, this.options.origin)),
      };
      let startMs = 0;
      const outcome = await this.persist(partition, control, () => {
        startMs = performance.now();
        return applyPayIns(this.options.database, part);
      });
      if (outcome === undefined) return undefined;
      const durationMs = performance.now() - startMs;
      this.options.onOutcome(outcome, { messages: messages.length, durationMs });
      const elsewhere = await this.judge(batch.partition, outcome, control);
      if (elsewhere !== 'goes on') return elsewhere;
      // A call repeated after a lost answer, or a log read from further back: some of it was stored.
      if (outcome.nextOffset > batch.nextOffset) return { nextOffset: outcome.nextOffset };
      await control.heartbeat();
    }
    const { unreadable } = batch;
    if (unreadable !== undefined) return this.haltAt(batch, unreadable, claim, control);
    return { nextOffset: batch.nextOffset };
  }

  /** Behind what was applied stands what nobody can read: its partition waits for an operator. */
  private async haltAt(
    { topic, partition }: KafkaBatch,
    stretch: UnreadableStretch,
    { epoch }: HeldClaim,
    control: BatchControl,
  ): Promise<BatchVerdict | undefined> {
    const outcome = await this.persist(partition, control, () =>
      haltUnreadable(this.options.database, { topic, partition, epoch, ...stretch }),
    );
    if (outcome === undefined) return undefined;
    const elsewhere = await this.judge(partition, outcome, control);
    return elsewhere === 'goes on' ? { nextOffset: outcome.nextOffset } : elsewhere;
  }

  private async judge(
    partition: number,
    outcome: PayInBatchOutcome | UnreadableOutcome,
    control: BatchControl,
  ): Promise<BatchVerdict | undefined | 'goes on'> {
    const { claims, log } = this.options;
    switch (outcome.status) {
      case 'stored':
      case 'seen':
        this.fencedInARow.delete(partition);
        return 'goes on';
      case 'gap':
        // Kafka's offset is ahead of PostgreSQL's: go back, unless the log no longer reaches there.
        log.warn(
          { partition, storedOffset: String(outcome.nextOffset) },
          'going back to the stored offset',
        );
        return this.claimAnew(partition, control);
      case 'halted':
        // The new claim tells the watcher why, or that an operator was faster.
        return this.claimAnew(partition, control);
      case 'fenced': {
        const times = (this.fencedInARow.get(partition) ?? 0) + 1;
        this.fencedInARow.set(partition, times);
        log.warn(
          { partition, times, detail: outcome.detail },
          'another worker has claimed the partition',
        );
        claims.forget(partition);
        if (times >= FENCED_MAX) throw new PartitionContestedError(partition);
        await control.heartbeat();
        return undefined;
      }
    }
  }

  private async claimAnew(
    partition: number,
    control: BatchControl,
  ): Promise<BatchVerdict | undefined> {
    this.options.claims.forget(partition);
    const claim = await this.persist(partition, control, () => this.options.claims.of(partition));
    if (claim === undefined) return undefined;
    return claim.haltReason === undefined ? { nextOffset: claim.nextOffset } : 'hold';
  }

  /**
   * Repeats a call through outages, deadlocks and the like, keeping the group membership alive. The pause
   * has a bound, the number of tries has none: another process would meet the same outage.
   * @returns undefined when the consumer is stopping
   */
  private async persist<T>(
    partition: number,
    control: BatchControl,
    call: () => Promise<T>,
  ): Promise<T | undefined> {
    const { outages } = this.options;
    try {
      while (control.isRunning()) {
        try {
          return await beating(control, call);
        } catch (error) {
          if (!(error instanceof DatabaseError) || error.retryDelay === undefined) throw error;
          outages.note(partition, error);
          const { minMs, maxMs } = error.retryDelay;
          await sleep(minMs + Math.random() * (maxMs - minMs));
          await control.heartbeat();
        }
      }
      return undefined;
    } finally {
      outages.end(partition);
    }
  }
}

const HEARTBEAT_EVERY_MS = 1_000;

/** Keeps the group membership alive during a call, however long it takes. */
async function beating<T>(control: BatchControl, call: () => Promise<T>): Promise<T> {
  let lost: unknown;
  const timer = setInterval(() => {
    control.heartbeat().catch((error: unknown) => (lost = error));
  }, HEARTBEAT_EVERY_MS);
  const result = await call().finally(() => clearInterval(timer));
  // The group has moved on: what the call did is stored, and kafkajs is to join again.
  if (lost !== undefined) throw lost;
  return result;
}
