import { startCluster, type Cluster, type ClusterOptions } from '@billing/cluster';

const INTERRUPTED = 130;

/** Runs a measurement on a cluster of its own and takes it down, also on Ctrl-C. Always natively. */
export async function withCluster(
  options: ClusterOptions,
  measure: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster({
    engine: 'native',
    log: (line) => console.log(line),
    ...options,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cluster.destroy().finally(() => process.exit(INTERRUPTED)));
  }
  try {
    await measure(cluster);
  } finally {
    await cluster.destroy();
  }
}
