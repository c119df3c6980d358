import { randomUUID } from 'node:crypto';
import type { Cluster, TokenClaims } from '@billing/cluster';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { command, Upstream } from '../pay-ins/upstream.js';
import { GatewayProcess, type Answer } from './gateway-process.js';

interface How {
  readonly key?: string;
  readonly at?: GatewayProcess;
}

export interface Item {
  readonly id: string;
  readonly commandId: string | null;
  readonly accountId: string | null;
  readonly amount: string | null;
  readonly reason: string;
  readonly detail: string;
  readonly status: string;
  readonly acts: readonly unknown[];
}

/** Of a pay-in, a pay-out or a preview. */
export const money = (accountId: string) => ({ accountId, amount: '5.00', currency: 'USD' });

/** An account that nobody has opened. */
export const NOBODYS = '999999937';

/** Whoever holds a token, asking at node 1 unless told otherwise. */
export class TenantClient {
  constructor(
    private readonly site: TenantSite,
    readonly token: string,
  ) {}

  get authorization(): string {
    return `Bearer ${this.token}`;
  }

  call(
    method: string,
    path: string,
    body?: unknown,
    { key, at = this.site.gateway }: How = {},
  ): Promise<Answer> {
    const { authorization } = this;
    const headers = { authorization, ...(key !== undefined && { 'idempotency-key': key }) };
    return at.call(method, path, body, headers);
  }

  get(path: string, at = this.site.gateway): Promise<Answer> {
    return this.call('GET', path, undefined, { at });
  }

  post(path: string, body: unknown, how: How = {}): Promise<Answer> {
    return this.call('POST', path, body, how);
  }

  /** One with that much in USD, all of it at node 1. */
  async openAccount(dollars = 100, username = 'tenants spec'): Promise<string> {
    const { status, body } = await this.post('/v1/accounts', { username });
    expect(status).toBe(201);
    const id = body['accountId'] as string;
    if (dollars > 0) await this.site.deposit(id, dollars, 1);
    return id;
  }

  pay(accountId: string, amount: string, how: How = {}): Promise<Answer> {
    const body = { accountId, amount, currency: 'USD' };
    return this.post('/v1/pay-outs', body, { key: randomUUID(), ...how });
  }

  correct(accountId: string, amount: string): Promise<Answer> {
    const body = { amount, currency: 'USD', reason: 'spec' };
    return this.post(`/v1/accounts/${accountId}/corrections`, body);
  }

  payIn(accountId: string, amount: string, more: object = {}): Promise<Answer> {
    return this.post('/v1/pay-ins', { accountId, amount, currency: 'USD', ...more });
  }

  /** Its body, once the pay-in is said to be so. */
  async untilPaidIn(
    commandId: string,
    status: string,
    at = this.site.gateway,
  ): Promise<Record<string, unknown>> {
    const { body } = await eventually(
      () => this.get(`/v1/pay-ins/${commandId}`, at),
      (answer) => answer.body['status'] === status,
    );
    return body;
  }

  /** Every answer on the way there. */
  async answersUntil(path: string, status: string): Promise<Record<string, unknown>[]> {
    const heard: Record<string, unknown>[] = [];
    await eventually(
      async () => heard[heard.push((await this.get(path)).body) - 1]!,
      (body) => body['status'] === status,
    );
    return heard;
  }

  async untilKnown(accountId: string, at: GatewayProcess): Promise<void> {
    await eventually(
      () => this.get(`/v1/accounts/${accountId}`, at),
      ({ status }) => status === 200,
    );
  }

  /** All that an owner sees of an account but its first deposit. */
  async state(accountId: string): Promise<Record<string, unknown>> {
    const path = `/v1/accounts/${accountId}`;
    const account = await this.get(path);
    const balance = await this.get(`${path}/balance`);
    const { body } = await this.get(`${path}/transactions`);
    const entries = body['transactions'] as Record<string, unknown>[];
    return {
      deleted: account.body['deleted'],
      total: balance.body['total'],
      reserved: balance.body['reserved'],
      moves: entries.filter(({ type }) => type !== 'deposit').map(({ amount }) => amount),
    };
  }

  /** The dead letters, or the parked pay-ins, that it is shown. */
  async items(path: string): Promise<readonly Item[]> {
    const { status, body } = await this.get(path);
    expect(status).toBe(200);
    return body['items'] as Item[];
  }

  async idsOf(path: string): Promise<string[]> {
    return (await this.items(path)).map(({ id }) => id);
  }

  /** The accounts that it finds. */
  async idsNamed(username: string): Promise<string[]> {
    const { body } = await this.get(`/v1/accounts?username=${encodeURIComponent(username)}`);
    return (body['accounts'] as { id: string }[]).map(({ id }) => id);
  }

  /** With what status each way of looking at an account is answered. */
  async readingOf(accountId: string): Promise<number[]> {
    const paths = ['', '/balance', '/transactions'];
    const answers = await Promise.all(
      paths.map((path) => this.get(`/v1/accounts/${accountId}${path}`)),
    );
    const preview = await this.post('/v1/pay-outs/preview', money(accountId));
    return [...answers, preview].map(({ status }) => status);
  }

  async letterOf(commandId: string): Promise<Item> {
    const [letter] = await eventually(
      () => this.items(`/v1/dead-letters?status=all&commandId=${commandId}`),
      ({ length }) => length === 1,
    );
    return letter!;
  }

  async parkedOf(commandId: string): Promise<Item> {
    const [parked] = await eventually(
      async () =>
        (await this.items('/v1/parked-pay-ins?limit=200')).filter(
          (item) => item.commandId === commandId,
        ),
      ({ length }) => length === 1,
    );
    return parked!;
  }

  /** Straight to a coordinator. */
  coordinator(nodeId = 1): CoordinatorClient {
    return this.site.connect(nodeId, this.token);
  }
}

type MakingCall = (who: TenantClient, accountId: string) => Promise<Answer>;

/** What is made under a key, or published. */
export const makingCalls: readonly [what: string, call: MakingCall][] = [
  ['open an account', (who) => who.post('/v1/accounts', { username: 'of whom?' })],
  ['pay out', (who, id) => who.pay(id, '5.00')],
  ['pay in', (who, id) => who.payIn(id, '5.00')],
  ['pay in in bulk', (who, id) => who.post('/v1/pay-ins/bulk', [money(id)])],
];

/** Claims that name none. */
export const noTenants: readonly [what: string, claim: unknown][] = [
  ['a number', 7],
  ['empty', ''],
  ['an empty list', []],
  ['a list with all in it', ['a', '*']],
  ['a list with what is no name', ['a', 'a b']],
  ['an object', { name: 'a' }],
  ['64 characters long', 'x'.repeat(64)],
  ['two words', 'a b'],
];

/** Two datacenters with all that they have, for clients of many tenants. */
export class TenantSite {
  private readonly connections: CoordinatorClient[] = [];

  private constructor(
    readonly cluster: Cluster,
    private readonly ledgers: readonly Ledger[],
    private readonly upstream: Upstream,
    readonly gateway: GatewayProcess,
    /** Of node 2. */
    readonly other: GatewayProcess,
  ) {}

  /** With more for both gateways' environment. */
  static async start(environment: Record<string, string> = {}): Promise<TenantSite> {
    const cluster = await startCluster({
      nodeCount: 2,
      members: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
      postgres: { fsync: false },
    });
    try {
      const gateway = await GatewayProcess.launch(cluster, environment, 1);
      const peers = { CONSOLE_PEER_GATEWAYS: `1=${gateway.url}` };
      const other = await GatewayProcess.launch(cluster, { ...environment, ...peers }, 2);
      await Promise.all([gateway.untilReady(), other.untilReady()]);
      const ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
      const upstream = await Upstream.connect(cluster.kafkaConnection(1));
      return new TenantSite(cluster, ledgers, upstream, gateway, other);
    } catch (error) {
      await cluster.destroy();
      throw error;
    }
  }

  async destroy(): Promise<void> {
    for (const connection of this.connections) connection.close();
    await Promise.all([this.gateway.stop(), this.other.stop()]);
    await Promise.all([this.upstream.close(), ...this.ledgers.map((ledger) => ledger.close())]);
    await this.cluster.destroy();
  }

  /** Everybody has the same scopes. Without a claim the token says nothing of tenants; any shape may be tried. */
  async client(tenant?: unknown, sub = 'shop'): Promise<TenantClient> {
    const claims = { sub, ...(tenant === undefined ? {} : { tenant }) } as TokenClaims;
    return new TenantClient(this, await this.cluster.signToken(claims));
  }

  connect(nodeId: number, token: string): CoordinatorClient {
    const client = new CoordinatorClient(this.cluster.coordinatorConnection(nodeId), token);
    this.connections.push(client);
    return client;
  }

  async deposit(accountId: string, dollars: number, nodeId: number): Promise<void> {
    await this.ledgers[nodeId - 1]!.value('select public.deposit_balance($1, $2, $3)', [
      accountId,
      dollars,
      nodeId,
    ]);
  }

  /** The catalogue is the same for all tenants. */
  async makeService(name: string, price: number): Promise<void> {
    await this.ledgers[0]!.rows(
      "/* service */ insert into public.services (name, price, currency) values ($1, $2, 'USD')",
      [name, price],
    );
  }

  /** A dead letter of a tenant, in no currency that there is. */
  async makeLetter(tenant: string, who: TenantClient): Promise<Item> {
    const foreign = command(NOBODYS, '7.00', { currency: 'XXQ' });
    await this.send({ ...foreign, tenant });
    return who.letterOf(foreign.commandId);
  }

  /** A parked pay-in of a tenant, to an account that nobody has opened. */
  async makeParked(tenant: string, who: TenantClient): Promise<Item> {
    const early = command(NOBODYS, '8.00');
    await this.send({ ...early, tenant });
    return who.parkedOf(early.commandId);
  }

  /** Straight to the topic of node 1. */
  send(message: { readonly accountId: string; readonly [member: string]: unknown }): Promise<void> {
    const value = Buffer.from(JSON.stringify(message));
    return this.upstream.sendRaw([{ key: message.accountId, value }]);
  }
}
