import { setTimeout as sleep } from 'node:timers/promises';
import { currency } from './opening.js';
import type { Plan } from './plan.js';
import type { Progress } from './progress.js';
import type { Site } from './site.js';
import { loadUpstream, type UpstreamPayIn } from './upstream.js';

const groupSizeMax = 1_000;
const groupsPerSecond = 4;

/**
 * Every pay-in to the Kafka of its datacenter, as an upstream service would. The datacenters do not
 * wait for each other; each gets its rows in file order.
 * @param ratePerSecond all datacenters together; undefined: as fast as it goes
 */
export async function sendPayIns(
  plan: Plan,
  ids: ReadonlyMap<string, string>,
  sites: readonly Site[],
  progress: Progress,
  ratePerSecond: number | undefined,
): Promise<void> {
  const queues = await queuePayIns(plan, ids, sites.length);
  const rate = ratePerSecond === undefined ? Infinity : ratePerSecond / sites.length;
  const groupSize = Math.min(groupSizeMax, Math.max(1, Math.ceil(rate / groupsPerSecond)));
  let sent = 0;
  await Promise.all(
    sites.map(async ({ upstream }, index) => {
      const queue = queues[index]!;
      const startedMs = performance.now();
      for (let start = 0; start < queue.length; start += groupSize) {
        const group = queue.slice(start, start + groupSize);
        await upstream.send(group);
        sent += group.length;
        progress.set(sent);
        const dueMs = startedMs + ((start + group.length) / rate) * 1_000;
        await sleep(Math.max(0, dueMs - performance.now()));
      }
    }),
  );
}

async function queuePayIns(
  plan: Plan,
  ids: ReadonlyMap<string, string>,
  count: number,
): Promise<UpstreamPayIn[][]> {
  const { commandIdOf } = await loadUpstream();
  const queues = Array.from({ length: count }, (): UpstreamPayIn[] => []);
  for (const { movement, datacenter } of plan.payIns) {
    queues[datacenter]!.push({
      commandId: commandIdOf(plan.namespace, movement.transactionId, movement.dayMs),
      accountId: ids.get(movement.account)!,
      amount: movement.amount,
      currency,
      reference: `transaction ${movement.transactionId}`,
    });
  }
  return queues;
}
