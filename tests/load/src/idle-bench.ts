/**
 * What datacenters take that have nothing to do: processor time by `/proc`, in parts of one core. With --bare
 * brokers and databases alone, without any client: what no app of ours adds.
 *
 *   npm run bench:idle [-- --help]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  appKinds,
  memberKinds,
  parseCount,
  toTheRight,
  type Cluster,
  type MemberKind,
} from '@billing/cluster';
import { createBenchCommand } from './bench-command.js';
import { withCluster } from './bench-cluster.js';
import { printTable } from './report/figures.js';
import { familyTimes, spentBetween, threadTimes, type NamedTime } from './processor-time.js';

const options = createBenchCommand('bench:idle')
  .description('Processor time of datacenters that have nothing to do, in parts of one core')
  .option('--seconds <number>', 'of the measurement', parseCount, 60)
  .option(
    '--settle <number>',
    'seconds before it, for first readings and compilers',
    parseCount,
    45,
  )
  .option('--nodes <number>', 'datacenters', parseCount, 3)
  .option('--bare', 'brokers and databases alone')
  .option('--detail', 'also by process of PostgreSQL and by thread of the others')
  .parse()
  .opts<{ seconds: number; settle: number; nodes: number; bare?: true; detail?: true }>();

const apps: readonly MemberKind[] = appKinds;
const members = memberKinds.filter((kind) => options.bare === undefined || !apps.includes(kind));
/** This very process runs the members, as `npm start` does. */
const SUPERVISOR = 'supervisor';

await withCluster(
  { nodeCount: options.nodes, members, kafkaUsers: true, sampleData: true },
  async (cluster) => {
    await sleep(options.settle * 1_000);
    const before = sample(cluster);
    const startMs = performance.now();
    await sleep(options.seconds * 1_000);
    const spentMs = performance.now() - startMs;
    const after = sample(cluster);
    const rows = [...after].map(([kind, times]) => ({
      kind,
      spent: spentBetween(before.get(kind) ?? [], times),
    }));
    for (const { kind, spent } of rows) if (options.detail) printDetail(kind, spent, spentMs);
    const sums = rows.map(({ kind, spent }) => [kind, sum(spent)] as const);
    const total = sum(rows.flatMap(({ spent }) => spent));
    printTable(
      ['what', toTheRight('of one core')],
      [...sums, ['sum', total] as const].map(([what, ms]) => [what, share(ms, spentMs)]),
    );
  },
);

/** Of all datacenters, by kind of member. */
function sample(cluster: Cluster): Map<string, NamedTime[]> {
  const found = new Map<string, NamedTime[]>([[SUPERVISOR, threadTimes(process.pid)]]);
  for (const { kind, pid } of cluster.status()) {
    if (pid === undefined) throw new Error(`a ${kind} is gone`);
    const times = kind === 'postgres' ? familyTimes(pid) : threadTimes(pid);
    found.set(kind, [...(found.get(kind) ?? []), ...times]);
  }
  return found;
}

/** The same process of each datacenter in one row. */
function printDetail(kind: string, spent: readonly NamedTime[], spentMs: number): void {
  const byName = new Map<string, number>();
  for (const { name, processorMs } of spent) {
    const what = name.replaceAll(/dc\d|\d+/g, 'N');
    byName.set(what, (byName.get(what) ?? 0) + processorMs);
  }
  const rows = [...byName].filter(([, ms]) => ms > 0).sort(([, a], [, b]) => b - a);
  printTable(
    [kind, toTheRight('of one core')],
    rows.map(([what, ms]) => [what, share(ms, spentMs)]),
  );
}

function sum(times: readonly NamedTime[]): number {
  return times.reduce((ms, { processorMs }) => ms + processorMs, 0);
}

function share(ms: number, spentMs: number): string {
  return `${((ms / spentMs) * 100).toFixed(1)} %`;
}
