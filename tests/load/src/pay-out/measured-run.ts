import type { Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';
import { familyProcessorMs, processorMs } from '../processor-time.js';
import { runLoad } from './child-processes.js';
import type { LoadOrder, LoadResult } from './load-order.js';

/** Who did the work of a run: name and process. PostgreSQL stands for all of its processes. */
export type Workers = Readonly<Record<string, number>>;

export interface MeasuredRun extends LoadResult {
  readonly perSecond: number;
  /** Processor time per answer, in microseconds, of each worker, PostgreSQL and the client. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

/** Runs an order once, and tells whose processor time it took. */
export async function measure(
  order: LoadOrder,
  workers: Workers,
  postgresPid: number,
): Promise<MeasuredRun> {
  const sample = (): Record<string, number> => ({
    ...Object.fromEntries(Object.entries(workers).map(([name, pid]) => [name, processorMs(pid)])),
    PostgreSQL: familyProcessorMs(postgresPid),
  });
  let before = sample();
  const result = await runLoad(order, () => (before = sample()));
  const after = sample();
  const each = (ms: number): number => (ms * 1_000) / result.answers;
  return {
    ...result,
    perSecond: result.answers / result.seconds,
    cpuUs: {
      ...Object.fromEntries(
        Object.entries(after).map(([name, ms]) => [name, each(ms - before[name]!)]),
      ),
      client: each(result.clientCpuMs),
    },
  };
}

/** Nothing where nothing failed. */
export function describeFailures(run: MeasuredRun): string {
  const failures = Object.entries(run.failures);
  if (failures.length === 0) return '';
  return `; FAILED ${failures.map(([kind, count]) => `${count} × ${kind}`).join(', ')}`;
}

/** A line a run in which something failed. */
export function listFailures(name: string, runs: readonly MeasuredRun[]): string[] {
  return runs.flatMap((run, round) => {
    const failures = describeFailures(run);
    return failures === ''
      ? []
      : [`${name}, round ${round + 1}: ${run.answers} answers${failures}`];
  });
}

/** Every run begins with empty logs and a fresh checkpoint, the baseline's too. */
export async function forgetPayOuts(database: Database): Promise<void> {
  await database.query(
    'forget pay-outs',
    `do $$ begin
       set local session_replication_role = replica;  -- past the append-only guard
       truncate billing.transaction_log, billing.batches, billing.seals, billing.pay_outs, billing.pay_out_attempts,
                billing.operation_metadata, single.entries, single.idempotency_keys;
     end $$`,
  );
  await database.query('vacuum', 'vacuum billing.account_balances');
  await database.query('vacuum of the baseline', 'vacuum single.accounts');
  await database.query('checkpoint', 'checkpoint');
}

export function coordinatorPid(cluster: Cluster, nodeId: number): number {
  return cluster.memberStatus('coordinator', nodeId).pid!;
}
