import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Database } from '@billing/database';
import * as here from '@billing/cluster';
import type { Cluster, ClusterOptions } from '@billing/cluster';

const INTERRUPTED = 130;

export interface BenchClusterOptions extends ClusterOptions {
  /** Folder of another clone, built there: its SQL, its apps, its settings of servers. */
  readonly clone?: string | undefined;
}

/** Runs a measurement on a cluster of its own and takes it down, also on Ctrl-C. Always natively. */
export function withCluster(
  options: BenchClusterOptions,
  measure: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  return withClusters([options], ([cluster]) => measure(cluster!));
}

/** The same on several, started one after the other; `prepare` has each before the next one starts. */
export async function withClusters(
  wanted: readonly BenchClusterOptions[],
  measure: (clusters: readonly Cluster[]) => Promise<void>,
  prepare: (cluster: Cluster) => Promise<void> = async () => undefined,
): Promise<void> {
  const clusters: Cluster[] = [];
  const destroy = async (): Promise<void> => {
    await Promise.all(clusters.map((cluster) => cluster.destroy()));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void destroy().finally(() => process.exit(INTERRUPTED)));
  }
  try {
    for (const { clone, ...options } of wanted) {
      const { startCluster } = await clusterLibrary(clone);
      const log = (line: string): void => console.log(line);
      const cluster = await startCluster({ engine: 'native', log, ...options });
      clusters.push(cluster);
      await prepare(cluster);
    }
    await measure(clusters);
  } finally {
    await destroy();
  }
}

/** A clone runs what is in it: its own library of clusters is asked. */
async function clusterLibrary(
  clone: string | undefined,
): Promise<Pick<typeof here, 'startCluster'>> {
  if (clone === undefined) return here;
  const file = join(resolve(clone), 'tools/cluster/dist/index.js');
  return (await import(pathToFileURL(file).href)) as typeof here;
}

/** In plain text, and as `npm start -- --tls`: the same otherwise. */
export function bothTransports(
  options: ClusterOptions,
): [plain: ClusterOptions, tls: ClusterOptions] {
  return [options, { ...options, tls: true, kafkaUsers: true }];
}

/** Leaves a cluster one datacenter: its peers' work would be measured with it. */
export async function stopPeers(cluster: Cluster, nodeId: number): Promise<void> {
  for (const peer of cluster.nodeIds.filter((id) => id !== nodeId)) await cluster.stopNode(peer);
}

/** As the superuser, for statements of up to a minute. */
export function openDatabase(cluster: Cluster, nodeId: number, poolMax: number): Database {
  return new Database({
    url: cluster.databaseUrl(nodeId),
    password: cluster.secrets.password(cluster.topology.superuser),
    poolMax,
    applicationName: 'bench',
    statementTimeoutMs: 60_000,
  });
}
