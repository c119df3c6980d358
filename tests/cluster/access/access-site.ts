import { randomUUID } from 'node:crypto';
import type { Scope } from '@billing/auth';
import { developerScopes } from '@billing/cluster';
import type { Answer, GatewayProcess } from '../gateway/gateway-process.js';
import { NOBODYS, TenantSite, type TenantClient } from '../gateway/tenant-site.js';

/** What the rows of a table are asked about. All of it is of the tenant `mine`, and node 1 took it. */
export type SubjectKind =
  | 'nothing'
  | 'account'
  | 'empty'
  | 'payIn'
  | 'payOut'
  | 'hold'
  | 'capture'
  | 'letter'
  | 'parked'
  | 'act'
  | 'deleted';

export interface Subject {
  readonly account: string;
  /** The id of a pay-out, of a hold or of a pay-in, and the name of the account's user. */
  readonly uuid: string;
  /** The id of a capture of a hold. */
  readonly capture: string;
  /** The name of a dead letter or of a parked pay-in. */
  readonly message: string;
}

/** A call as it is sent. */
export interface SentCall {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What nobody has, in the place of what somebody has. */
export const nobodys = ({ uuid }: Subject): Subject => ({
  account: NOBODYS,
  uuid: uuid.replace(/.{4}$/, '0000'),
  capture: randomUUID(),
  message: 'billing.payin/0/999999',
});

const services = [
  ['charged', 100],
  ['repriced', 1],
  ['retired', 1],
] as const;

const scopeNames = developerScopes.split(' ') as Scope[];

/** All but one, and but what would include it. */
export const scopesWithout = (scope: Scope): string =>
  scopeNames
    .filter((one) => one !== scope && !(scope === 'operator:read' && one === 'operator:act'))
    .join(' ');

/** Two datacenters and who asks there: the owner of every subject, and strangers to it. */
export class AccessSite {
  private constructor(
    readonly tenants: TenantSite,
    readonly mine: TenantClient,
    /** The same client of another tenant, and of the default one. */
    readonly strangers: readonly TenantClient[],
    readonly ofSeveral: TenantClient,
  ) {}

  static async start(): Promise<AccessSite> {
    const tenants = await TenantSite.start({ LOG_LEVEL: 'debug' });
    const [mine, ofSeveral] = [await tenants.client('mine'), await tenants.client(['mine', 'b'])];
    const strangers = [await tenants.client('theirs'), await tenants.client()];
    // The catalogue is the same for all: the rows name these.
    for (const [name, price] of services) {
      await tenants.makeService(name, price);
    }
    return new AccessSite(tenants, mine, strangers, ofSeveral);
  }

  get gateway(): GatewayProcess {
    return this.tenants.gateway;
  }

  destroy(): Promise<void> {
    return this.tenants.destroy();
  }

  token(scope: string, sub = 'shop', tenant = 'mine'): Promise<string> {
    return this.tenants.cluster.signToken({ sub, tenant, scope });
  }

  async makeSubject(kind: SubjectKind): Promise<Subject> {
    const { mine, tenants } = this;
    const uuid = randomUUID();
    const account =
      kind === 'nothing' ? NOBODYS : await mine.openAccount(kind === 'empty' ? 0 : 100, uuid);
    const subject = { account, uuid, capture: randomUUID(), message: 'billing.payin/0/999998' };
    switch (kind) {
      case 'nothing':
        return subject;
      case 'account':
      case 'empty':
        await mine.untilKnown(account, tenants.other);
        return subject;
      case 'payIn':
        await mine.payIn(account, '5.00', { commandId: uuid });
        await mine.untilPaidIn(uuid, 'applied');
        return subject;
      case 'payOut': {
        const { body } = await mine.pay(account, '5.00');
        return { ...subject, uuid: String(body['payOutId']) };
      }
      case 'hold': {
        const money = { accountId: account, amount: '5.00', currency: 'USD' };
        const { body } = await mine.post('/v1/holds', money, { key: `${randomUUID()}@dc1` });
        return { ...subject, uuid: String(body['holdId']) };
      }
      case 'capture': {
        const hold = await this.makeSubject('hold');
        const money = { amount: '5.00', currency: 'USD' };
        const path = `/v1/holds/${hold.uuid}/capture`;
        const { body } = await mine.post(path, money, { key: `${randomUUID()}@dc1` });
        return { ...hold, capture: String(body['captureId']) };
      }
      case 'letter': {
        const { id, commandId } = await tenants.makeLetter('mine', mine);
        return { ...subject, uuid: commandId!, message: id };
      }
      case 'parked':
        return { ...subject, message: (await tenants.makeParked('mine', mine)).id };
      case 'act':
        await mine.correct(account, '-5.00');
        return subject;
      case 'deleted':
        await mine.call('DELETE', `/v1/accounts/${account}?force=true&reason=spec`);
        return subject;
      default:
        return kind satisfies never;
    }
  }

  /** All that its owner sees of it. */
  async stateOf({ account, message }: Subject): Promise<unknown> {
    if (account === NOBODYS) return undefined;
    const { mine } = this;
    const messages = [
      ...(await mine.items('/v1/dead-letters?status=all&limit=200')),
      ...(await mine.items('/v1/parked-pay-ins?limit=200')),
    ];
    return {
      account: await mine.state(account),
      message: messages.find(({ id }) => id === message),
    };
  }
}

/** Exactly what is sent, and no redirect followed. Of a stream of events the first is the answer. */
export async function send(
  url: string,
  { method, path, body, headers: more = {} }: SentCall,
  token?: string,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      'idempotency-key': randomUUID(),
      ...more,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { status, headers } = response;
  const type = headers.get('content-type') ?? '';
  const text = type.includes('event-stream') ? await readFirst(response) : await response.text();
  const parsed: unknown = /json/.test(type) && text !== '' ? JSON.parse(text) : {};
  return { status, headers, body: parsed as Record<string, unknown>, text };
}

async function readFirst(response: Response): Promise<string> {
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return Buffer.from(value ?? []).toString();
}
