import type { logCreator } from 'kafkajs';

/** What this library needs of a logger; pino's has it. */
export interface KafkaLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Lets kafkajs write to the app's log, without stacks and at debug level: each of its failures also
 * reaches its caller, who alone knows what it means and says it once.
 */
export function kafkajsLog(log: KafkaLog): logCreator {
  return () =>
    ({ namespace, log: entry }) => {
      const { message, broker, error } = entry;
      log.debug({ context: `kafkajs ${namespace}`, broker, error }, message);
    };
}
