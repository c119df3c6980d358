import type { Cluster, ClusterOptions } from '@billing/cluster';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { expectPartsEverywhere, type Parts } from './account-parts.js';
import { CoordinatorClient } from './coordinator-client.js';

/** Three nodes, unless told otherwise, with their coordinators, as they run in production; no gateway, no Kafka. */
export class CoordinatedCluster {
  private constructor(
    readonly cluster: Cluster,
    readonly ledgers: readonly Ledger[],
    private readonly clients: readonly CoordinatorClient[],
  ) {}

  static async start(options: ClusterOptions = {}): Promise<CoordinatedCluster> {
    const cluster = await startCluster({
      members: ['postgres', 'coordinator'],
      sampleData: true,
      postgres: { fsync: false },
      appEnvironment: { coordinator: { COORDINATOR_TRANSFER_BATCH_MAX: '20' } },
      ...options,
    });
    const token = await cluster.signToken({ sub: 'shop' });
    return new CoordinatedCluster(
      cluster,
      cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId)),
      cluster.nodeIds.map(
        (nodeId) => new CoordinatorClient(cluster.coordinatorConnection(nodeId), token),
      ),
    );
  }

  client(nodeId: number): CoordinatorClient {
    return this.clients[nodeId - 1]!;
  }

  ledger(nodeId: number): Ledger {
    return this.ledgers[nodeId - 1]!;
  }

  /** A client with a token of its own. */
  async clientAs(nodeId: number, sub: string, scope?: string): Promise<CoordinatorClient> {
    const token = await this.cluster.signToken({ sub, ...(scope === undefined ? {} : { scope }) });
    return new CoordinatorClient(this.cluster.coordinatorConnection(nodeId), token);
  }

  /** An account in USD with these parts, seen by every node. */
  async account(parts: Parts): Promise<string> {
    const accountId = await this.ledger(1).value<bigint>("select public.add_account('spec')");
    const known = '/* known */ select count(*) from billing.accounts where id = $1';
    await eventually(
      () => Promise.all(this.ledgers.map((ledger) => ledger.value<bigint>(known, [accountId]))),
      (counts) => counts.every((count) => count === 1n),
    );
    for (const nodeId of this.cluster.nodeIds) await this.deposit(nodeId, accountId, parts[nodeId]);
    const all = Object.fromEntries(this.cluster.nodeIds.map((id) => [id, parts[id] ?? 0n]));
    await expectPartsEverywhere(this.ledgers, accountId.toString(), all);
    return accountId.toString();
  }

  /** Credits a node's part there, whoever else knows of it. */
  async deposit(nodeId: number, accountId: bigint | string, minor = 0n): Promise<void> {
    if (minor === 0n) return;
    await this.ledger(nodeId).rows(
      '/* deposit */ select public.deposit_balance($1, $2::bigint / 100.0, $3)',
      [accountId, minor, nodeId],
    );
  }

  async destroy(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.ledgers.map((ledger) => ledger.close()));
    await this.cluster.destroy();
  }
}
