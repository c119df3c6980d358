import {
  startNativeCluster,
  type NativeCluster,
  type NativeClusterOptions,
} from '@billing/cluster';

const INTERRUPTED = 130;

/** Runs a measurement on a cluster of its own and takes it down, also on Ctrl-C. */
export async function withCluster(
  options: NativeClusterOptions,
  measure: (cluster: NativeCluster) => Promise<void>,
): Promise<void> {
  const cluster = await startNativeCluster({ log: (line) => console.log(line), ...options });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cluster.destroy().finally(() => process.exit(INTERRUPTED)));
  }
  try {
    await measure(cluster);
  } finally {
    await cluster.destroy();
  }
}
