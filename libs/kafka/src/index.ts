export type {
  BatchControl,
  BatchDelivery,
  BatchVerdict,
  KafkaBatch,
  KafkaBatchMessage,
  PartitionEnds,
  PartitionWatermarks,
} from './batch.js';
export { BrokerRefusalError } from './broker-refusal.errors.js';
export { KafkaBatchServer } from './kafka-batch-server.js';
export type { KafkaBatchServerOptions } from './kafka-batch-server.js';
export { CopyRefusedError, DeadLetterProducer } from './dead-letter-producer.js';
export type { DeadLetterCopy } from './dead-letter-producer.js';
export type { UnreadableStretch } from './fetch-decoder.js';
export type { KafkaClientOptions } from './kafka-client.js';
export { readKafkaSecurity } from './kafka-security.js';
export type { KafkaSecurity, KafkaSecurityFiles } from './kafka-security.js';
export { readKafkaSettings } from './kafka-settings.js';
export type { KafkaLog } from './kafka-log.js';
export {
  PayInNotSentError,
  PayInOutcomeUnknownError,
  PayInUnpublishedError,
} from './pay-in-producer.errors.js';
export { PayInProducer } from './pay-in-producer.js';
export type { PayInProducerOptions } from './pay-in-producer.js';
export type { Receipt } from './producer-link.js';
export { TopicOffsets } from './topic-offsets.js';
