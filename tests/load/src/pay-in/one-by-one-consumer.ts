import type { KafkaConnection } from '@billing/cluster';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

/**
 * What most services would write first: a message, a transaction (begin, check, insert, update,
 * offset, commit), the next message. Same tables and indexes as the worker's, one connection a
 * partition under way. Consumes under the group given, from where it stands.
 * @returns pay-ins a second
 */
export async function consumeOneByOne(options: {
  broker: KafkaConnection;
  topic: string;
  connectionString: string;
  nodeId: number;
  durationMs: number;
  fromOffsetOf: string;
}): Promise<number> {
  const pool = new pg.Pool({ connectionString: options.connectionString, max: 2 });
  const kafka = new Kafka({ ...options.broker, logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: options.fromOffsetOf });
  let applied = 0;
  let firstMs = 0;
  let lastMs = 0;
  await consumer.connect();
  await consumer.subscribe({ topic: options.topic, fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: 2,
    eachMessage: async ({ topic, partition, message }) => {
      firstMs ||= performance.now();
      await applyOne(pool, options.nodeId, topic, partition, message.offset, message.value!);
      applied += 1;
      lastMs = performance.now();
    },
  });
  await new Promise((resolve) => setTimeout(resolve, options.durationMs));
  const rate = applied / ((lastMs - firstMs) / 1000);
  await consumer.disconnect();
  await pool.end();
  return rate;
}

async function applyOne(
  pool: pg.Pool,
  nodeId: number,
  topic: string,
  partition: number,
  offset: string,
  value: Buffer,
): Promise<void> {
  const payIn = JSON.parse(value.toString()) as Record<string, string>;
  const minor = Math.round(Number(payIn['amount']) * 100);
  const client = await pool.connect();
  try {
    await client.query('begin');
    const seen = await client.query(
      `select 1 from billing.transaction_log
        where operation_id = $1 and node_id = $2 and operation_type = 'pay_in'`,
      [payIn['commandId'], nodeId],
    );
    if (seen.rowCount === 0) {
      await client.query(
        `insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
         values ($1, $2, $3, $4, 'pay_in')`,
        [payIn['accountId'], minor, payIn['commandId'], nodeId],
      );
      await client.query(
        `update billing.account_balances
            set balance_minor = balance_minor + $2, income_minor = income_minor + $2
          where account_id = $1 and node_id = $3`,
        [payIn['accountId'], minor, nodeId],
      );
    }
    await client.query(
      `update billing.consumer_offsets set next_offset = $3::bigint + 1 where topic = $1 and partition_id = $2`,
      [topic, partition, offset],
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
