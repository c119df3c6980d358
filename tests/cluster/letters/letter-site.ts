import type { Cluster } from '@billing/cluster';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { GatewayProcess, type Answer } from '../gateway/gateway-process.js';
import { command, PAY_IN_TOPIC, Upstream, type Command } from '../pay-ins/upstream.js';

export interface Act {
  act: string;
  result: string;
  client: string;
  note: string | null;
  newCommandId?: string;
}

export interface Letter {
  id: string;
  partition: number;
  offset: string;
  reason: string;
  commandId: string | null;
  accountId: string | null;
  amount: string | null;
  currency: string | null;
  status: string;
  acts: Act[];
}

type Messages = Parameters<Upstream['sendRaw']>[0];

/** Of whoever may not do everything. */
const scopes: Readonly<Record<string, string>> = {
  shop: 'pay-ins:write pay-ins:read',
};

/** A datacenter whose topic is poisoned, and two operators, ann and ben, beside a shop. */
export class LetterSite {
  private nextUnknown = 64n * 1_000_000n + 2n;

  private constructor(
    readonly cluster: Cluster,
    readonly ledger: Ledger,
    readonly upstream: Upstream,
    readonly gateway: GatewayProcess,
    readonly account: bigint,
    readonly deletedAccount: bigint,
  ) {}

  static async open(): Promise<LetterSite> {
    const cluster = await startCluster({
      nodeCount: 1,
      members: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
      postgres: { fsync: false },
      // What becomes of parked ones is said by the tests.
      appEnvironment: { 'ledger-worker': { WORKER_PARKED_RETRY_MS: '600000' } },
    });
    const ledger = new Ledger(cluster, 1);
    try {
      const [account, gone] = (await ledger.openAccounts(2)) as [bigint, bigint];
      await ledger.value('select billing.delete_home_account($1, $$spec$$, null, null)', [
        String(gone),
      ]);
      const upstream = await Upstream.connect(cluster.kafkaConnection(1));
      const gateway = await GatewayProcess.start(cluster);
      return new LetterSite(cluster, ledger, upstream, gateway, account, gone);
    } catch (error) {
      await ledger.close();
      await cluster.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.gateway.stop();
    await Promise.all([this.upstream.close(), this.ledger.close()]);
    await this.cluster.destroy();
  }

  async get(path: string, client = 'ann'): Promise<Answer> {
    return this.gateway.call('GET', path, undefined, await this.as(client));
  }

  async post(path: string, body: unknown, client = 'ann'): Promise<Answer> {
    return this.gateway.call('POST', path, body, await this.as(client));
  }

  act(id: string, what: string, body: object, client = 'ann'): Promise<Answer> {
    return this.post(`/v1/dead-letters/${id}/${what}`, body, client);
  }

  async find(query: string): Promise<Letter[]> {
    const { status, body } = await this.get(`/v1/dead-letters?${query}`);
    expect(status).toBe(200);
    return body['items'] as Letter[];
  }

  async letterOf({ commandId }: Pick<Command, 'commandId'>): Promise<Letter> {
    const [letter] = await eventually(
      () => this.find(`status=all&commandId=${commandId}`),
      (letters) => letters.length === 1,
    );
    return letter!;
  }

  async balance(): Promise<bigint> {
    return (await this.ledger.localBalances([this.account])).get(this.account) ?? 0n;
  }

  /** How often it was credited. */
  entriesOf(commandId: string): Promise<bigint> {
    return this.ledger.value(
      'select count(*) from billing.transaction_log where operation_id = $1',
      [commandId],
    );
  }

  /** What a client hears of its pay-in. */
  async paidIn(commandId: string): Promise<Record<string, unknown>> {
    return (await this.get(`/v1/pay-ins/${commandId}`, 'shop')).body;
  }

  /** To partition 0, as JSON or as it is. */
  send(value: unknown): Promise<void> {
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
    const messages: Messages = [{ key: String(this.account), value: bytes, partition: 0 }];
    return this.upstream.sendRaw(messages);
  }

  /** One message that ends as a letter. */
  async bury(value: unknown): Promise<Letter> {
    const before = new Set((await this.find('status=all&limit=200')).map(({ id }) => id));
    await this.send(value);
    const [letter] = await eventually(
      async () => (await this.find('status=all&limit=200')).filter(({ id }) => !before.has(id)),
      (found) => found.length === 1,
    );
    return letter!;
  }

  /** `billing offsets accept` back to a letter, and all that lies behind it consumed again. */
  async readAgain({ partition, offset }: Letter): Promise<void> {
    await this.ledger.rows('select billing.accept_offset($1, $2, $3, $4)', [
      PAY_IN_TOPIC,
      partition,
      offset,
      'spec',
    ]);
    const marker = command(this.account, '0.01');
    await this.send(marker);
    await eventually(
      () => this.entriesOf(marker.commandId),
      (entries) => entries === 1n,
      40_000,
    );
  }

  async park(value: Command): Promise<string> {
    await this.send(value);
    const [parked] = await eventually(
      async () => {
        const { body } = await this.get('/v1/parked-pay-ins?limit=200');
        const items = body['items'] as Letter[];
        return items.filter(({ commandId }) => commandId === value.commandId);
      },
      (found) => found.length === 1,
    );
    return parked!.id;
  }

  unknownAccount(): bigint {
    this.nextUnknown += 64n;
    return this.nextUnknown;
  }

  /** What replication would do: the row of another node's account arrives. */
  async arrive(accountId: string): Promise<void> {
    await this.ledger.value(
      `with s as (select set_config('session_replication_role', 'replica', false))
       insert into billing.accounts (id, username, currency) select $1, 'late', 'USD' from s returning id`,
      [accountId],
    );
  }

  /** What the worker does when the limit has passed. */
  async expire(): Promise<void> {
    await this.ledger.value("select dead from billing.retry_parked_pay_ins(100, '-1 seconds')");
  }

  private async as(sub: string): Promise<Record<string, string>> {
    const scope = scopes[sub];
    const rights = scope === undefined ? {} : { scope };
    return { authorization: `Bearer ${await this.cluster.signToken({ sub, ...rights })}` };
  }
}
