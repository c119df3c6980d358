import { decodePayIn } from '@billing/contracts';
import { applyPayIns, claimPartition, type Database } from '@billing/database';
import type { PreparedMessage } from '../commands.js';
import { CONNECTIONS } from '../worker-measure.js';

/**
 * The worker's SQL call on decoded messages, partitions taken in turn by as many connections.
 * @returns pay-ins a second
 */
export async function driveSql(
  database: Database,
  partitions: readonly PreparedMessage[][],
  batchSize: number,
): Promise<number> {
  const topic = `bench-sql-${Date.now()}`;
  const queue = [...partitions.entries()].map(([partition, prepared]) => ({
    partition,
    messages: prepared.map(({ key, value }, offset) => ({
      offset: String(offset),
      key: Buffer.from(key),
      value,
    })),
    contents: prepared.map(({ value }) => decodePayIn(value)),
  }));
  const count = queue.reduce((sum, { messages }) => sum + messages.length, 0);
  const startedMs = performance.now();
  const driveConnection = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { partition, messages, contents } = next;
      const { epoch } = await claimPartition(database, {
        topic,
        partition,
        workerId: 'bench',
        logStart: 0n,
        highWatermark: BigInt(messages.length),
      });
      for (let first = 0; first < messages.length; first += batchSize) {
        const part = messages.slice(first, first + batchSize);
        const outcome = await applyPayIns(database, {
          topic,
          partition,
          epoch,
          firstOffset: BigInt(first),
          nextOffset: BigInt(first + part.length),
          messages: part,
          contents: contents.slice(first, first + batchSize),
        });
        if (outcome.applied !== part.length) throw new Error(`applied ${outcome.applied} only`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, driveConnection));
  return count / ((performance.now() - startedMs) / 1000);
}
