import type { Cluster } from '@billing/cluster';
import { eventually, Ledger } from '@billing/testing';
import { Upstream, type Command } from '../pay-ins/upstream.js';

export interface PayInStatus {
  readonly status?: string;
  readonly node?: number;
  readonly reason?: string;
  readonly detail?: string;
}

/** Several datacenters that take pay-ins of the same accounts, and tell what became of them. */
export class PayInSite {
  private constructor(
    readonly cluster: Cluster,
    readonly ledgers: readonly Ledger[],
    private readonly upstreams: readonly Upstream[],
  ) {}

  /** Of a cluster that runs, which stays its caller's. */
  static async of(cluster: Cluster): Promise<PayInSite> {
    const upstreams = await Promise.all(
      cluster.nodeIds.map((nodeId) => Upstream.connect(cluster.kafkaConnection(nodeId))),
    );
    const ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
    return new PayInSite(cluster, ledgers, upstreams);
  }

  async close(): Promise<void> {
    await Promise.all([...this.upstreams, ...this.ledgers].map((one) => one.close()));
  }

  ledger(nodeId: number): Ledger {
    return this.ledgers[nodeId - 1]!;
  }

  send(nodeId: number, ...commands: Command[]): Promise<void> {
    return this.upstreams[nodeId - 1]!.send(commands);
  }

  /** Accounts of node 1 that every node knows. */
  async openEverywhere(count = 1): Promise<bigint[]> {
    const ids = await this.ledger(1).openAccounts(count);
    const known = '/* known */ select count(*) from billing.accounts where id = any ($1::bigint[])';
    for (const ledger of this.ledgers) {
      await eventually(
        () => ledger.value<bigint>(known, [ids]),
        (seen) => seen === BigInt(count),
      );
    }
    return ids;
  }

  /** A call of a gateway, without a body a GET. */
  async ask(
    nodeId: number,
    path: string,
    {
      body,
      key,
      claims,
    }: { body?: object; key?: string; claims?: Parameters<Cluster['signToken']>[0] } = {},
  ): Promise<Response> {
    return fetch(`${this.cluster.gatewayUrl(nodeId)}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${await this.cluster.signToken(claims)}`,
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async statusAt(nodeId: number, { commandId }: Pick<Command, 'commandId'>): Promise<PayInStatus> {
    const response = await this.ask(nodeId, `/v1/pay-ins/${commandId}`);
    return (await response.json()) as PayInStatus;
  }

  untilStatus(
    nodeId: number,
    sent: Pick<Command, 'commandId'>,
    status: string,
  ): Promise<PayInStatus> {
    return eventually(
      () => this.statusAt(nodeId, sent),
      (seen) => seen.status === status,
    );
  }

  /** What each node's own part has. */
  partsOf(accountId: bigint): Promise<bigint[]> {
    return Promise.all(
      this.ledgers.map(
        async (ledger) => (await ledger.localBalances([accountId])).get(accountId) ?? 0n,
      ),
    );
  }
}
