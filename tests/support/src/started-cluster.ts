import { readFileSync } from 'node:fs';
import { Cluster, type ClusterOptions } from '@billing/cluster';
import { assertEncrypted } from './encryption.js';
import { isTlsWanted } from './transport.js';
import { trustAuthority } from './trusted-authorities.js';

/** As `Cluster.create`, with TLS everywhere where the run wants it, which is looked at when it is destroyed. */
export async function createCluster(options: ClusterOptions = {}): Promise<Cluster> {
  return isTlsWanted() ? createEncrypted(options) : Cluster.create(options);
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await createCluster(options);
  try {
    await cluster.start();
  } catch (error) {
    // What is wrong is the start, whatever else is found.
    await cluster.destroy().catch(() => undefined);
    throw error;
  }
  return cluster;
}

/** What `npm start -- --tls` runs, and a log in which PostgreSQL names each connection. */
export async function createEncrypted(options: ClusterOptions): Promise<Cluster> {
  const settings = { log_connections: 'on', ...options.postgres?.settings };
  const cluster: Cluster = await Cluster.create({
    tls: true,
    kafkaUsers: true,
    ...options,
    postgres: { ...options.postgres, settings },
    beforeDestroy: () => assertEncrypted(cluster),
  });
  // Now, not when it starts: specs may ask before all of it is there.
  cluster.security.prepare();
  trustAuthority(readFileSync(cluster.tls!.caFile, 'utf8'));
  return cluster;
}
