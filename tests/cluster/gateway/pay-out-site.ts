import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { GatewayProcess, type Answer } from './gateway-process.js';

/** Added to a pay-out's deadline here, before its outcome counts as unknown. */
export const MARGIN_MS = 500;

/** Datacenters with coordinators, and a gateway at each. Pay-outs need no broker: there is none. */
export class PayOutSite {
  /** Of node 1: where everything is sent that does not say otherwise. */
  readonly gateway: GatewayProcess;
  /** Of node 2. */
  readonly other: GatewayProcess;

  private constructor(
    readonly cluster: Cluster,
    readonly ledgers: readonly Ledger[],
    readonly gateways: readonly GatewayProcess[],
  ) {
    [this.gateway, this.other] = gateways as [GatewayProcess, GatewayProcess];
  }

  static async start(nodeCount = 2): Promise<PayOutSite> {
    const cluster = await startCluster({
      nodeCount,
      members: ['postgres', 'coordinator'],
      postgres: { fsync: false },
    });
    try {
      const ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
      const gateways: GatewayProcess[] = [];
      for (const nodeId of cluster.nodeIds) gateways.push(await startGateway(cluster, nodeId));
      return new PayOutSite(cluster, ledgers, gateways);
    } catch (error) {
      await cluster.destroy();
      throw error;
    }
  }

  /** One more gateway of node 1. */
  startGateway(environment: Record<string, string> = {}): Promise<GatewayProcess> {
    return startGateway(this.cluster, 1, environment);
  }

  async destroy(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
    await Promise.all(this.ledgers.map((ledger) => ledger.close()));
    await this.cluster.destroy();
  }

  get(path: string, from = this.gateway): Promise<Answer> {
    return from.call('GET', path);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.gateway.call('POST', path, body, headers);
  }

  /** A pay-out in USD, under a new key unless one is given. */
  pay(account: string, amount: string, more: object = {}, key = randomUUID() as string) {
    const body = { accountId: account, amount, currency: 'USD', ...more };
    return this.post('/v1/pay-outs', body, { 'idempotency-key': key });
  }

  /** An account with so much at node 1, at node 2 and so on, seen by node 1. */
  async openAccount(...parts: readonly number[]): Promise<string> {
    // A coordinator that has just come back is not found at once: as a client would, asked again.
    const opened = await eventually(
      () => this.post('/v1/accounts', { username: 'pay-out spec' }),
      ({ status }) => status === 201,
    );
    const id = opened.body['accountId'] as string;
    for (const [index, amount] of parts.entries()) {
      const ledger = this.ledgers[index]!;
      await eventually(
        () => ledger.value('select count(*) from billing.get_account($1)', [id]),
        (count) => count === 1n,
      );
      if (amount > 0) {
        await ledger.value('select public.deposit_balance($1, $2, $3)', [id, amount, index + 1]);
      }
    }
    await this.untilBalance(id, parts);
    return id;
  }

  balance(account: string): Promise<Answer> {
    return this.get(`/v1/accounts/${account}/balance`);
  }

  untilBalance(account: string, parts: readonly number[]): Promise<Answer> {
    const wanted = JSON.stringify(parts.map((amount) => amount.toFixed(2)));
    return eventually(
      () => this.balance(account),
      ({ body }) =>
        JSON.stringify((body['parts'] as { balance: string }[]).map((part) => part.balance)) ===
        wanted,
    );
  }

  /** Its entries but those that brought the money. */
  async history(account: string, from = this.gateway): Promise<Record<string, unknown>[]> {
    const { body } = await this.get(`/v1/accounts/${account}/transactions`, from);
    const entries = body['transactions'] as Record<string, unknown>[];
    return entries.filter(({ type }) => type !== 'deposit');
  }
}

async function startGateway(
  cluster: Cluster,
  nodeId: number,
  more: Record<string, string> = {},
): Promise<GatewayProcess> {
  const environment = { PAY_OUT_ANSWER_MARGIN_MS: String(MARGIN_MS), ...more };
  const started = await GatewayProcess.launch(cluster, environment, nodeId);
  await eventually(
    () => started.failures(),
    (failures) => Object.keys(failures).join() === 'kafka',
    60_000,
  ).catch((cause: unknown) => {
    throw new Error(`the gateway is not ready: ${started.log}`, { cause });
  });
  return started;
}

export async function timed<T>(work: Promise<T>): Promise<{ answer: T; ms: number }> {
  const startMs = performance.now();
  return { answer: await work, ms: performance.now() - startMs };
}
