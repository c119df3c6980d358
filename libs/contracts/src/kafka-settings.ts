import { isPayInTopic, PAY_IN_DLQ_TOPIC, PAY_IN_TOPIC } from './topics.js';

/** Of one kind of topic, or of every broker. */
export interface KafkaSettingRule {
  /** Undefined: of the brokers. What is said of `billing.payin` holds for each topic of pay-ins. */
  readonly topic: string | undefined;
  readonly setting: string;
  /** In words, for logs. */
  readonly wanted: string;
  /** What happens otherwise. */
  readonly why: string;
  readonly holds: (value: string) => boolean;
}

/** What a broker says of a setting. */
export interface FoundKafkaSetting {
  readonly topic: string | undefined;
  /** The topic, or which of the brokers. */
  readonly of: string;
  readonly setting: string;
  readonly value: string;
}

export interface KafkaSettingDeviation extends FoundKafkaSetting {
  readonly wanted: string;
  readonly why: string;
}

const RETENTION_MIN_MS = 7 * 24 * 3_600_000;
const TRANSACTION_MAX_MS = 60_000;
/** Kafka's own default: a batch of the gateway (PAY_IN_BATCH_BYTES_MAX) and its head fit in. */
const MESSAGE_BYTES_MIN = 1_048_588;

const exactly =
  (wanted: string) =>
  (value: string): boolean =>
    value === wanted;

/**
 * What the product relies on. Where one does not hold, pay-ins that were accepted can be lost or stand
 * still, and neither shows in any other figure until it has happened.
 */
export const kafkaSettingRules: readonly KafkaSettingRule[] = [
  {
    topic: PAY_IN_TOPIC,
    setting: 'message.timestamp.type',
    wanted: 'LogAppendTime',
    why: 'retention takes messages by the clock of their producers, those with an old time at once',
    holds: exactly('LogAppendTime'),
  },
  {
    topic: PAY_IN_TOPIC,
    setting: 'retention.ms',
    wanted: `-1, or at least ${RETENTION_MIN_MS}`,
    why: 'pay-ins that wait for longer, because nobody applies them, are lost',
    holds: (value) => value === '-1' || Number(value) >= RETENTION_MIN_MS,
  },
  {
    topic: PAY_IN_TOPIC,
    setting: 'retention.bytes',
    wanted: '-1',
    why: 'pay-ins are lost when enough others come behind them',
    holds: exactly('-1'),
  },
  {
    topic: PAY_IN_TOPIC,
    setting: 'cleanup.policy',
    wanted: 'delete',
    why: 'of several pay-ins to one account compaction keeps the last',
    holds: exactly('delete'),
  },
  {
    topic: PAY_IN_TOPIC,
    setting: 'unclean.leader.election.enable',
    wanted: 'false',
    why: 'a replica without the last pay-ins may become the leader',
    holds: exactly('false'),
  },
  {
    topic: PAY_IN_TOPIC,
    setting: 'compression.type',
    wanted: 'producer',
    why: 'a broker that changes the compression decompresses a batch whole, however large, and ends for lack of memory',
    holds: exactly('producer'),
  },
  ...[PAY_IN_TOPIC, PAY_IN_DLQ_TOPIC].map((topic) => ({
    topic,
    setting: 'max.message.bytes',
    wanted: `at least ${MESSAGE_BYTES_MIN}`,
    why: 'batches of the gateway, or copies of dead letters, are refused',
    holds: (value: string) => Number(value) >= MESSAGE_BYTES_MIN,
  })),
  {
    topic: undefined,
    setting: 'transaction.max.timeout.ms',
    wanted: `at most ${TRANSACTION_MAX_MS}`,
    why: 'a transaction that an upstream service left open holds back all that is behind it for so long',
    holds: (value) => Number(value) <= TRANSACTION_MAX_MS,
  },
  {
    topic: undefined,
    setting: 'auto.create.topics.enable',
    wanted: 'false',
    why: 'a topic deleted by mistake comes back with other settings and one partition',
    holds: exactly('false'),
  },
];

/** The settings to ask for. @param topic undefined: of the brokers */
export function kafkaSettingsOf(topic: string | undefined): string[] {
  return kafkaSettingRules.filter((rule) => isAbout(rule, topic)).map(({ setting }) => setting);
}

function isAbout(rule: KafkaSettingRule, topic: string | undefined): boolean {
  return topic !== undefined && isPayInTopic(topic)
    ? rule.topic === PAY_IN_TOPIC
    : rule.topic === topic;
}

/** What is not as it must be; a setting that no broker tells is none of them. */
export function judgeKafkaSettings(found: readonly FoundKafkaSetting[]): KafkaSettingDeviation[] {
  return found.flatMap((setting) => {
    const rule = kafkaSettingRules.find(
      (one) => isAbout(one, setting.topic) && one.setting === setting.setting,
    );
    if (rule === undefined || rule.holds(setting.value)) return [];
    return [{ ...setting, wanted: rule.wanted, why: rule.why }];
  });
}
