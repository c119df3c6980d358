import type { Cluster } from '@billing/cluster';
import { NODE } from '../worker-measure.js';
import {
  backendKind,
  familyTimes,
  processorMs,
  spentBetween,
  type NamedTime,
} from '../processor-time.js';
import type { NodeCopy } from './node-copy.js';
import { THE_BENCH, type Spent } from './replication-run.js';

interface Reading {
  readonly times: readonly NamedTime[];
  readonly wal: readonly bigint[];
}

/** What datacenters spend from its begin to its end. */
export class Spending {
  private constructor(
    private readonly cluster: Cluster,
    private readonly copies: readonly NodeCopy[],
    private readonly before: Reading,
  ) {}

  static async begin(cluster: Cluster, copies: readonly NodeCopy[]): Promise<Spending> {
    return new Spending(cluster, copies, await read(cluster, copies));
  }

  async end(payIns: number): Promise<Spent> {
    const after = await read(this.cluster, this.copies);
    const cpuUs: Record<string, number> = {};
    for (const { name, processorMs: ms } of spentBetween(this.before.times, after.times)) {
      cpuUs[name] = (cpuUs[name] ?? 0) + (ms * 1_000) / payIns;
    }
    const walBytes = this.copies.map(({ nodeId }, index) => [
      `dc${nodeId}`,
      Number(after.wal[index]! - this.before.wal[index]!) / payIns,
    ]);
    return { cpuUs, walBytes: Object.fromEntries(walBytes) as Record<string, number> };
  }
}

async function read(cluster: Cluster, copies: readonly NodeCopy[]): Promise<Reading> {
  const nodeIds = copies.map(({ nodeId }) => nodeId);
  const members = cluster.status().filter(({ nodeId }) => nodeIds.includes(nodeId));
  const times = members.flatMap(({ kind, nodeId, pid }): NamedTime[] => {
    if (pid === undefined) return [];
    const place = nodeId === NODE ? 'home' : 'peers';
    if (kind !== 'postgres') {
      return [{ id: String(pid), name: `${kind}, ${place}`, processorMs: processorMs(pid) }];
    }
    return familyTimes(pid).map((time) => {
      const what = backendKind(time.name);
      // What is looked at here, and how far replication is.
      const isBench = what === `backends of ${cluster.topology.superuser}`;
      return { ...time, name: `PostgreSQL, ${place}: ${isBench ? THE_BENCH : what}` };
    });
  });
  const bench = { id: 'bench', name: THE_BENCH, processorMs: processorMs(process.pid) };
  return {
    times: [...times, bench],
    wal: await Promise.all(copies.map((copy) => copy.walPosition())),
  };
}
