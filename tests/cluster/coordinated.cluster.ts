import { startNativeCluster, type NativeCluster } from '@billing/cluster';
import { Ledger } from '@billing/testing';
import { CoordinatorClient } from './coordinator.client.js';

/** Three nodes with their coordinators, as they run in production; no gateway, no Kafka. */
export class CoordinatedCluster {
  private constructor(
    readonly cluster: NativeCluster,
    readonly ledgers: readonly Ledger[],
    private readonly clients: readonly CoordinatorClient[],
  ) {}

  static async start(): Promise<CoordinatedCluster> {
    const cluster = await startNativeCluster({
      parts: ['postgres', 'coordinator'],
      sampleData: true,
      postgres: { fsync: false },
      appEnvironment: { coordinator: { COORDINATOR_TRANSFER_BATCH_MAX: '20' } },
    });
    const token = cluster.signToken({ sub: 'shop' });
    return new CoordinatedCluster(
      cluster,
      cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId)),
      cluster.nodeIds.map(
        (nodeId) => new CoordinatorClient(cluster.coordinatorAddress(nodeId), token),
      ),
    );
  }

  client(nodeId: number): CoordinatorClient {
    return this.clients[nodeId - 1]!;
  }

  ledger(nodeId: number): Ledger {
    return this.ledgers[nodeId - 1]!;
  }

  async destroy(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.ledgers.map((ledger) => ledger.close()));
    await this.cluster.destroy();
  }
}
