import type { Cluster, ClusterOptions } from '@billing/cluster';
import { Ledger, startCluster } from '@billing/testing';
import { Upstream } from './upstream.js';

/** One datacenter that takes pay-ins: its worker, its broker, its node, and a service that produces. */
export class WorkerSite {
  private constructor(
    readonly cluster: Cluster,
    readonly ledger: Ledger,
    readonly upstream: Upstream,
  ) {}

  static async start(
    options: Pick<ClusterOptions, 'kafka' | 'appEnvironment'> = {},
  ): Promise<WorkerSite> {
    const cluster = await startCluster({
      nodeCount: 1,
      members: ['postgres', 'kafka', 'ledger-worker'],
      postgres: { fsync: false },
      ...options,
    });
    try {
      const upstream = await Upstream.connect(cluster.kafkaConnection(1));
      return new WorkerSite(cluster, new Ledger(cluster, 1), upstream);
    } catch (error) {
      await cluster.destroy();
      throw error;
    }
  }

  async destroy(): Promise<void> {
    await this.upstream.close();
    await this.ledger.close();
    await this.cluster.destroy();
  }
}
