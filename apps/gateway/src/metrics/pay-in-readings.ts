import { PAY_IN_TOPIC } from '@billing/contracts';
import {
  countDeadLetters,
  countParkedPayIns,
  countUncopiedDeadLetters,
  listConsumerOffsets,
  type ConsumerOffset,
  type Database,
  type OpenDeadLetters,
  type ParkedCount,
  type UncopiedDeadLetters,
} from '@billing/database';
import type { PartitionEnds, TopicOffsets } from '@billing/kafka';
import { Reading, type Log, type Metrics } from '@billing/observability';
import { findAges } from './unapplied-age.js';

export interface PayInReadingOptions {
  readonly database: Database;
  /** Of `billing.payin`, and of each upstream topic. */
  readonly offsets: readonly TopicOffsets[];
  readonly intervalMs: () => number;
  readonly log: Log;
}

/** Messages that were taken and are not credited: which wait for their account, which for an operator. */
export interface Unapplied {
  readonly parked: ParkedCount;
  readonly deadLetters: readonly OpenDeadLetters[];
  readonly uncopied: UncopiedDeadLetters;
}

/** How the topics of pay-ins stand. */
export interface Lag {
  readonly partitions: readonly PartitionLag[];
  /** Upstream topics of which nothing is known, and why: they are not there, or the broker refuses them. */
  readonly awayTopics: Readonly<Record<string, string>>;
}

/** How one partition stands. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly storedOffset: bigint;
  readonly highWatermark: bigint;
  readonly messages: number;
  readonly ageMs: number;
  /** Messages from the first one of the oldest open transaction on: no worker sees them until it ends. */
  readonly uncommitted: number;
  /** How old that one is; 0 without. */
  readonly openTransactionMs: number;
  readonly isHalted: boolean;
  readonly haltReason: string | undefined;
  readonly haltDetail: string | undefined;
  /** Who claimed it last. */
  readonly workerId: string | undefined;
}

/**
 * How far pay-ins of this datacenter are behind. The gateway says so because it knows both Kafka and
 * PostgreSQL and runs without the workers: when they are away is when it must be seen.
 * @param note told of each answer
 */
export function lagReading(
  metrics: Metrics,
  { database, offsets, intervalMs, log }: PayInReadingOptions,
  note: (lag: Lag) => void,
): Reading<Lag> {
  const perPartition = (name: string, help: string) =>
    metrics.gauge(name, help, ['topic', 'partition']);
  const messages = perPartition(
    'billing_consumer_lag_messages',
    'Messages of a partition that PostgreSQL has not stored yet.',
  );
  const seconds = perPartition(
    'billing_consumer_lag_seconds',
    'Age of the oldest message that is not stored yet, rounded up by at most 5 % or 250 ms; 0 without lag.',
  );
  const stored = perPartition(
    'billing_consumer_stored_offset',
    'Next offset to apply, as PostgreSQL has it.',
  );
  const end = perPartition(
    'billing_consumer_log_end_offset',
    'Next offset that the broker will give (the high watermark).',
  );
  const uncommitted = perPartition(
    'billing_consumer_uncommitted_messages',
    'Messages from the first one of the oldest open transaction on: no worker sees them until it ends.',
  );
  const open = perPartition(
    'billing_consumer_open_transaction_seconds',
    'Age of the first message of the oldest open transaction, rounded up as lag is; 0 without one.',
  );
  const halted = perPartition(
    'billing_consumer_halted',
    '1: the partition waits for an operator, see billing offsets.',
  );
  const away = metrics.gauge(
    'billing_upstream_topic_away',
    '1: the topic is configured and not there, or the broker refuses it.',
    ['topic'],
  );
  return new Reading(metrics, {
    name: 'consumer_lag',
    intervalMs,
    gauges: [messages, seconds, stored, end, uncommitted, open, halted, away],
    read: (stopping) => readLag(database, offsets, stopping),
    show: (answer) => {
      for (const { topic } of offsets) {
        if (topic !== PAY_IN_TOPIC) away.labels(topic).set(topic in answer.awayTopics ? 1 : 0);
      }
      for (const lag of answer.partitions) {
        const labels = [lag.topic, String(lag.partition)] as const;
        messages.labels(...labels).set(lag.messages);
        seconds.labels(...labels).set(lag.ageMs / 1000);
        stored.labels(...labels).set(Number(lag.storedOffset));
        end.labels(...labels).set(Number(lag.highWatermark));
        uncommitted.labels(...labels).set(lag.uncommitted);
        open.labels(...labels).set(lag.openTransactionMs / 1000);
        halted.labels(...labels).set(lag.isHalted ? 1 : 0);
      }
      note(answer);
    },
    log,
  });
}

export function unappliedReading(
  metrics: Metrics,
  { database, intervalMs, log }: Omit<PayInReadingOptions, 'offsets'>,
): Reading<Unapplied> {
  const parked = metrics.gauge(
    'billing_parked_pay_ins',
    'Pay-ins that wait for their account to become known here.',
  );
  const parkedAge = metrics.gauge(
    'billing_parked_pay_ins_oldest_age_seconds',
    'For how long the oldest parked pay-in whose account is not frozen has waited; 0 without one.',
  );
  const letters = metrics.gauge(
    'billing_dead_letters',
    'Dead letters that wait for an operator, by reason.',
    ['reason'],
  );
  const uncopied = metrics.gauge(
    'billing_dead_letters_uncopied',
    'Dead letters whose copy is not on billing.payin.dlq yet.',
  );
  const uncopiedAge = metrics.gauge(
    'billing_dead_letters_uncopied_oldest_age_seconds',
    'For how long the oldest of them has waited; 0 without one.',
  );
  return new Reading(metrics, {
    name: 'unapplied_pay_ins',
    intervalMs,
    gauges: [parked, parkedAge, letters, uncopied, uncopiedAge],
    read: async () => {
      const [parkedCount, deadLetters, waiting] = await Promise.all([
        countParkedPayIns(database),
        countDeadLetters(database, 'all'),
        countUncopiedDeadLetters(database),
      ]);
      return { parked: parkedCount, deadLetters, uncopied: waiting };
    },
    show: (unapplied) => {
      parked.set(unapplied.parked.parked);
      parkedAge.set(unapplied.parked.oldestAgeS);
      uncopied.set(unapplied.uncopied.letters);
      uncopiedAge.set(unapplied.uncopied.oldestAgeS);
      for (const { reason, letters: number } of unapplied.deadLetters) {
        letters.labels(reason).set(number);
      }
    },
    log,
  });
}

async function readLag(
  database: Database,
  topics: readonly TopicOffsets[],
  stopping: AbortSignal,
): Promise<Lag> {
  // Offsets first: a watermark read later is never below what was applied by then.
  const stored = await listConsumerOffsets(database);
  const awayTopics: Record<string, string> = {};
  const lags = await Promise.all(
    topics.map(async (offsets) => {
      const { topic } = offsets;
      try {
        return await readTopicLag(
          stored.filter((offset) => offset.topic === topic),
          offsets,
          stopping,
        );
      } catch (error) {
        // One that no service writes yet hides nothing of the others.
        if (topic === PAY_IN_TOPIC) throw error;
        awayTopics[topic] = error instanceof Error ? error.message : String(error);
        return [];
      }
    }),
  );
  return { partitions: lags.flat(), awayTopics };
}

async function readTopicLag(
  stored: readonly ConsumerOffset[],
  offsets: TopicOffsets,
  stopping: AbortSignal,
): Promise<PartitionLag[]> {
  const lags = compare(offsets.topic, stored, await offsets.watermarks());
  const agesOf = (firsts: readonly (readonly [partition: number, offset: bigint])[]) =>
    findAges(new Map(firsts), (timestampMs) => offsets.offsetsAt(timestampMs), { stopping });
  const behind = lags.filter(({ messages }) => messages > 0);
  const open = lags.filter(({ uncommitted }) => uncommitted > 0);
  const ages = await agesOf(behind.map(({ partition, nextOffset }) => [partition, nextOffset]));
  const openAges = await agesOf(open.map(({ partition, lastStable }) => [partition, lastStable]));
  return lags.map((lag) => ({
    ...lag,
    ageMs: ages.get(lag.partition) ?? 0,
    openTransactionMs: openAges.get(lag.partition) ?? 0,
  }));
}

/** What a comparison of offsets says of a partition, and no time. */
type ComparedPartition = Omit<PartitionLag, 'ageMs' | 'openTransactionMs'> & {
  readonly nextOffset: bigint;
  readonly lastStable: bigint;
};

/** A partition that no worker has claimed yet begins where its log begins; messages that are lost are no lag. */
export function compare(
  topic: string,
  stored: readonly ConsumerOffset[],
  watermarks: ReadonlyMap<number, PartitionEnds>,
): ComparedPartition[] {
  const byPartition = new Map(stored.map((offset) => [offset.partition, offset]));
  return [...watermarks].map(([partition, { logStart, highWatermark, lastStable }]) => {
    const found = byPartition.get(partition);
    const storedOffset = found?.nextOffset ?? logStart;
    const nextOffset = storedOffset > logStart ? storedOffset : logStart;
    return {
      topic,
      partition,
      storedOffset,
      nextOffset,
      highWatermark,
      lastStable,
      uncommitted: Number(highWatermark - lastStable),
      messages: highWatermark > nextOffset ? Number(highWatermark - nextOffset) : 0,
      isHalted: found?.haltReason !== undefined,
      haltReason: found?.haltReason,
      haltDetail: found?.haltDetail,
      workerId: found?.workerId,
    };
  });
}
