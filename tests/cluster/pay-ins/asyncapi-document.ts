import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KafkaConnection } from '@billing/cluster';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Kafka, logLevel } from 'kafkajs';
import { parse } from 'yaml';
import { eventually } from '@billing/testing';

/** A message of a topic, as bytes, with headers as text. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: string;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Both topics beside docs/asyncapi.yaml: headers of copies against theirs, values of pay-ins against the
 * schema. What the schema takes and the worker does not is what a schema cannot say.
 */
export async function compareTopics(
  broker: KafkaConnection,
  letters: readonly { readonly id: string; readonly reason: string }[],
): Promise<{ violations: unknown[]; copied: string[] }> {
  const document = readAsyncApi();
  const copies = await eventually(
    () => readRecords(broker, 'billing.payin.dlq'),
    (records) => records.length >= letters.length,
  );
  const violations = copies.flatMap(({ headers }) => document.violationsOfHeaders(headers));
  const reasons = new Map(letters.map(({ id, reason }) => [id, reason]));
  for (const { partition, offset, value } of await readRecords(broker, 'billing.payin')) {
    const reason = reasons.get(`billing.payin/${partition}/${offset}`);
    const isPayIn = document.isPayIn(value);
    if (reason === undefined && !isPayIn) violations.push(`applied: ${String(value)}`);
    if (reason?.startsWith('invalid_') && isPayIn) violations.push(`${reason}: ${String(value)}`);
  }
  return { violations, copied: copies.map(({ headers }) => headers['billing-reason'] ?? '') };
}

/** What docs/asyncapi.yaml says of messages. */
function readAsyncApi(): {
  violationsOfHeaders(headers: object): unknown[];
  isPayIn(value: Buffer | null): boolean;
} {
  const file = new URL('../../../docs/asyncapi.yaml', import.meta.url);
  const document = parse(readFileSync(file, 'utf8')) as {
    components: {
      messages: { PayIn: { payload: { $ref: string } } };
      schemas: { DeadLetterHeaders: object };
    };
  };
  const schemaFile = new URL(document.components.messages.PayIn.payload.$ref, file);
  const ajv = new Ajv2020({ allowUnionTypes: true, strict: false, validateFormats: false });
  const payIn = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);
  const headersOf = ajv.compile(document.components.schemas.DeadLetterHeaders);
  return {
    violationsOfHeaders: (headers) =>
      headersOf(headers) ? [] : [...(headersOf.errors ?? []), headers],
    isPayIn(value) {
      try {
        return payIn(JSON.parse(value?.toString() ?? ''));
      } catch {
        return false;
      }
    },
  };
}

/** Every message of a topic as it is now. */
export function readRecords(broker: KafkaConnection, topic: string): Promise<TopicRecord[]> {
  return eventually(
    () => readOnce(broker, topic),
    () => true,
    30_000,
  );
}

async function readOnce(broker: KafkaConnection, topic: string): Promise<TopicRecord[]> {
  const kafka = new Kafka({ ...broker, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect());
  const left = new Map(
    ends.filter(({ low, high }) => low !== high).map((end) => [end.partition, BigInt(end.high)]),
  );
  const records: TopicRecord[] = [];
  if (left.size === 0) return records;
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      void consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ partition, message: { offset, value, headers } }) => {
            const texts = Object.entries(headers ?? {}).map(([key, text]) => [key, String(text)]);
            records.push({ partition, offset, value, headers: Object.fromEntries(texts) });
            if (BigInt(offset) + 1n >= (left.get(partition) ?? 0n)) left.delete(partition);
            if (left.size === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
}
