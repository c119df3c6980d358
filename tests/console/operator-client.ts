import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';

export type Json = Record<string, unknown>;

/** The gateways of a cluster, as ada.operator asks them beside her console. */
export class OperatorClient {
  constructor(private readonly cluster: Cluster) {}

  get(nodeId: number, path: string): Promise<Json> {
    return this.call(nodeId, path, {});
  }

  /** Each call under a key of its own. */
  post(nodeId: number, path: string, body: Json): Promise<Json> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    return this.call(nodeId, path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  delete(nodeId: number, path: string): Promise<Json> {
    return this.call(nodeId, path, { method: 'DELETE' });
  }

  /** An account of dc1, known at dc2 with its first money. */
  async openAccount(username: string, initialBalance: string): Promise<string> {
    const { accountId: id } = await this.post(1, '/v1/accounts', { username, initialBalance });
    await eventually(
      () => this.get(2, `/v1/accounts/${String(id)}/balance`),
      ({ total }) => total === initialBalance,
    );
    return String(id);
  }

  /** @throws Error whatever is not 2xx */
  private async call(nodeId: number, path: string, request: RequestInit): Promise<Json> {
    const token = await this.cluster.signToken({ sub: 'ada.operator' });
    const response = await fetch(this.cluster.gatewayUrl(nodeId) + path, {
      ...request,
      headers: { ...(request.headers as Json), authorization: `Bearer ${token}` },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Json;
  }
}
