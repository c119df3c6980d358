import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Database } from '@billing/database';
import * as here from '@billing/cluster';
import type { Cluster, ClusterOptions } from '@billing/cluster';
import { createProxiedCluster, type ProxiedCluster } from '@billing/testing';

const INTERRUPTED = 130;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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
export function withClusters(
  wanted: readonly BenchClusterOptions[],
  measure: (clusters: readonly Cluster[]) => Promise<void>,
  prepare: (cluster: Cluster) => Promise<void> = async () => undefined,
): Promise<void> {
  return untilInterrupted(async (destroyed) => {
    const clusters: Cluster[] = [];
    for (const { clone, ...options } of wanted) {
      const library = await clusterLibrary(clone);
      const cluster = await library.Cluster.create({ engine: 'native', log, ...options });
      destroyed.push(cluster);
      await cluster.start();
      clusters.push(cluster);
      await prepare(cluster);
    }
    await measure(clusters);
  });
}

/** The same with a proxy on every link. */
export function withProxiedCluster(
  options: Omit<ClusterOptions, 'peerAddress'>,
  measure: (proxied: ProxiedCluster) => Promise<void>,
): Promise<void> {
  return untilInterrupted(async (destroyed) => {
    const proxied = await createProxiedCluster({ engine: 'native', log, ...options });
    const { cluster, links } = proxied;
    destroyed.push({
      destroy: async () => {
        // The cluster first: what it asks by the links is answered.
        await cluster.destroy();
        await links.close();
      },
    });
    await cluster.start();
    await measure(proxied);
  });
}

/** What `run` puts into the list is destroyed at its end, and on Ctrl-C, which ends the process. */
async function untilInterrupted(
  run: (destroyed: { destroy(): Promise<void> }[]) => Promise<void>,
): Promise<void> {
  const destroyed: { destroy(): Promise<void> }[] = [];
  const destroy = async (): Promise<void> => {
    await Promise.all(destroyed.map((one) => one.destroy()));
  };
  let isInterrupted = false;
  const interrupt = (): void => {
    if (isInterrupted) return;
    isInterrupted = true;
    console.error('interrupted: taking everything down');
    void destroy().finally(() => process.exit(INTERRUPTED));
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    await run(destroyed);
  } finally {
    // Whatever fails because everything is taken down is no news, and nothing comes after it.
    if (isInterrupted) await new Promise(() => undefined);
    await destroy();
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

function log(line: string): void {
  console.log(line);
}

/** A clone runs what is in it: its own library of clusters is asked. */
async function clusterLibrary(clone: string | undefined): Promise<Pick<typeof here, 'Cluster'>> {
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
