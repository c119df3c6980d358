import {
  judgeKafkaSettings,
  kafkaSettingRules,
  PAY_IN_DLQ_TOPIC,
  PAY_IN_TOPIC,
  type KafkaSettingDeviation,
} from '@billing/contracts';
import { readKafkaSettings, type KafkaClientOptions } from '@billing/kafka';
import { Reading, type Log, type Metrics } from '@billing/observability';

export interface KafkaSettingsReadingOptions {
  readonly metrics: Metrics;
  readonly kafka: KafkaClientOptions;
  /** Beside `billing.payin` and that of the copies; one that is not there yet has no settings. */
  readonly upstreamTopics: readonly string[];
  readonly intervalMs: number;
  readonly log: Log;
}

const TOPICS = [PAY_IN_TOPIC, PAY_IN_DLQ_TOPIC];

/**
 * Holds the brokers' settings against what the product relies on, at the start and ever after. It alarms and
 * stops nothing: a worker that does not run leaves to retention what it would have read in time
 * (docs/adr/0019).
 */
export function createKafkaSettingsReading(
  options: KafkaSettingsReadingOptions,
): Reading<KafkaSettingDeviation[]> {
  const { metrics, kafka, upstreamTopics, intervalMs, log } = options;
  const deviations = metrics.gauge(
    'billing_kafka_setting_faults',
    'Topics or brokers of which this setting is not as pay-ins need it.',
    ['setting'],
  );
  const said = new Set<string>();
  return new Reading(metrics, {
    name: 'kafka_settings',
    intervalMs,
    gauges: [deviations],
    read: async () => judgeKafkaSettings(await readKafkaSettings(kafka, TOPICS, upstreamTopics)),
    show: (found) => {
      for (const { setting } of kafkaSettingRules) deviations.labels(setting).set(0);
      for (const deviation of found) {
        deviations.labels(deviation.setting).inc();
        sayOnce(deviation, said, log);
      }
    },
    log,
  });
}

/** At each start, and when a setting was changed since. */
function sayOnce(deviation: KafkaSettingDeviation, said: Set<string>, log: Log): void {
  const { of, setting, value, wanted, why } = deviation;
  const key = `${of} ${setting} ${value}`;
  if (said.has(key)) return;
  said.add(key);
  log.error(
    { of, setting, value, wanted },
    `Kafka's ${setting} of ${of} is ${value}, and must be ${wanted}: ${why}`,
  );
}
