import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GatewayAnswerError,
  GatewayClient,
  type GatewayAnswer,
  type GatewayRequest,
} from '@billing/client';
import { ClusterError } from '../cluster-error.js';
import type { Cluster } from '../cluster.js';

const username = 'self-check';
const currency = 'EUR';
const amount = '0.01';
const requestTimeoutMs = 10_000;
const replicatedWithinMs = 60_000;
const pollEveryMs = 50;

interface Balance {
  readonly parts: readonly { readonly node: number; readonly balance: string }[];
}

/**
 * The cluster proves itself the way a client would: one pay-in through each gateway, then the
 * credited part read at every other one.
 */
export async function runSelfCheck(cluster: Cluster, print: (line: string) => void): Promise<void> {
  const startedMs = performance.now();
  const client = new SelfCheckClient(cluster, await cluster.signToken({ sub: username }));
  const accountId = await client.openAccount();
  const nodes = cluster.nodeIds;
  await Promise.all(nodes.map((nodeId) => client.waitForAccount(nodeId, accountId)));
  await Promise.all(
    nodes.map(async (nodeId) => {
      const before = await client.readPart(nodeId, accountId, nodeId);
      await client.payIn(nodeId, accountId);
      // At home too: with one node only there is no other.
      await Promise.all(
        nodes.map((reader) => client.waitForPart(reader, accountId, nodeId, before + 1n)),
      );
    }),
  );
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  print(`self-check: a pay-in in each datacenter, seen from all others: ${seconds} s`);
}

class SelfCheckClient {
  private readonly gateways: ReadonlyMap<number, GatewayClient>;

  constructor(
    private readonly cluster: Cluster,
    token: string,
  ) {
    const ca = cluster.tls && readFileSync(cluster.tls.caFile, 'utf8');
    this.gateways = new Map(
      cluster.nodeIds.map((nodeId) => {
        const url = cluster.gatewayUrl(nodeId);
        return [nodeId, new GatewayClient({ url, token, timeoutMs: requestTimeoutMs, ca })];
      }),
    );
  }

  async openAccount(): Promise<string> {
    const body = { username, currency };
    const path = '/v1/accounts';
    const asked = { method: 'POST', path, body } as const;
    const { accountId } = await this.request<{ accountId?: string }>(1, asked);
    if (accountId === undefined) throw failure('POST /v1/accounts answered without an account id');
    return accountId;
  }

  async payIn(nodeId: number, accountId: string): Promise<void> {
    const body = { commandId: randomUUID(), accountId, amount, currency };
    await this.request(nodeId, { method: 'POST', path: '/v1/pay-ins', body });
  }

  waitForAccount(nodeId: number, accountId: string): Promise<void> {
    return this.waitUntil(`account ${accountId} at dc${nodeId}`, async () => {
      await this.request(nodeId, { method: 'GET', path: `/v1/accounts/${accountId}` });
      return true;
    });
  }

  waitForPart(readerId: number, accountId: string, nodeId: number, atLeast: bigint): Promise<void> {
    return this.waitUntil(`the pay-in of dc${nodeId} at dc${readerId}`, async () => {
      return (await this.readPart(readerId, accountId, nodeId)) >= atLeast;
    });
  }

  /** In cents; a part without a row yet is nothing. */
  async readPart(readerId: number, accountId: string, nodeId: number): Promise<bigint> {
    const path = `/v1/accounts/${accountId}/balance`;
    const { parts } = await this.request<Balance>(readerId, { method: 'GET', path });
    const part = parts.find((candidate) => candidate.node === nodeId);
    return BigInt((part?.balance ?? '0.00').replace('.', ''));
  }

  private async waitUntil(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + replicatedWithinMs;
    let reason = '';
    while (Date.now() < deadline) {
      if (this.cluster.isStopping) throw new ClusterError('STOPPED', 'stopped while starting');
      try {
        if (await isTrue()) return;
      } catch (error) {
        reason = `: ${(error as Error).message}`;
      }
      await sleep(pollEveryMs);
    }
    throw failure(`${what} is not there after ${replicatedWithinMs / 1000} s${reason}`);
  }

  private async request<T>(nodeId: number, request: GatewayRequest): Promise<T> {
    // Under one key for good: every later start gets the same account again.
    const idempotencyKey = request.body && username;
    try {
      const { body }: GatewayAnswer<T> = await this.gateways
        .get(nodeId)!
        .ask({ ...request, idempotencyKey });
      return body;
    } catch (error) {
      if (!(error instanceof GatewayAnswerError)) throw error;
      const what = `${request.method} ${this.cluster.gatewayUrl(nodeId)}${request.path}`;
      throw failure(`${what} answered ${error.status}: ${error.text}`);
    }
  }
}

function failure(message: string): ClusterError {
  return new ClusterError('SELF_CHECK_FAILED', `self-check: ${message}`);
}
