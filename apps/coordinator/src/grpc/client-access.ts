import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import {
  BelievedTokens,
  rateKey,
  RateLimiter,
  soleTenant,
  TokenRefusedError,
  type Client,
  type Scope,
  type TokenVerifier,
} from '@billing/auth';
import { isStorableText, type RpcName } from '@billing/contracts';
import { CallerAddresses } from './caller-addresses.js';
import { BillingError } from './billing.errors.js';
import { callScopes } from './call-scopes.js';

// How much later than its token a caller of many small requests may be found out.
const KNOWN_FOR_MS = 1_000;

/** Who does what is written down, and from where. */
export interface Actor extends Client {
  /** Undefined: not known. */
  readonly address: string | undefined;
}

/** Who calls, and whether they may. */
export class ClientAccess {
  /** From a token's end on the verifier alone knows, who allows for clocks that differ. */
  private readonly known = new BelievedTokens(KNOWN_FOR_MS);
  private readonly asked = new Map<string, Promise<Client>>();

  constructor(
    private readonly verifier: Pick<TokenVerifier, 'verify'>,
    private readonly limiter = new RateLimiter(0),
    private readonly addresses = new CallerAddresses(),
  ) {}

  /** @throws as authorize */
  async authorizeAct(
    call: Pick<ServerUnaryCall<unknown, unknown>, 'getPeer'>,
    metadata: Metadata,
    rpc: RpcName,
  ): Promise<Actor> {
    const client = await this.authorize(metadata, rpc);
    return { ...client, address: this.addresses.of(call, metadata) };
  }

  /** What was let in as one call counts as this many. */
  charge(client: Client, items: number): void {
    this.limiter.charge(rateKey(client), Math.max(0, items - 1));
  }

  /** One more of a client that was let in, such as a question of a stream. @throws BillingError RATE_EXCEEDED */
  count(client: Client): void {
    if (this.limiter.take(rateKey(client))) return;
    throw new BillingError('RATE_EXCEEDED', 'this client makes more calls than it may');
  }

  /** @throws TokenRefusedError, KeysUnavailableError, BillingError SCOPE_MISSING, RATE_EXCEEDED */
  async authorize(metadata: Metadata, rpc: RpcName): Promise<Client> {
    const [authorization] = metadata.get('authorization');
    return this.admit(await this.verify(authorization?.toString()), callScopes[rpc]);
  }

  /**
   * For what serves every call: a client who may make one of them.
   * @throws as authorize
   */
  async authorizeAny(metadata: Metadata): Promise<Client> {
    const [authorization] = metadata.get('authorization');
    const client = await this.verify(authorization?.toString());
    const scopes = Object.values(callScopes);
    return this.admit(
      client,
      scopes.find((scope) => client.scopes.has(scope)) ?? callScopes.OpenAccount,
    );
  }

  /**
   * The same for the messages of a stream: no promise for a token that was seen a moment ago, and one
   * check for all that wait for it, so that messages keep their order.
   * @throws as authorize
   */
  recognize(authorization: string, rpc: RpcName): Client | Promise<Client> {
    const scope = callScopes[rpc];
    const client = this.known.get(authorization);
    if (client !== undefined) return this.admit(client, scope);
    let asked = this.asked.get(authorization);
    if (asked === undefined) {
      asked = this.ask(authorization);
      this.asked.set(authorization, asked);
    }
    return asked.then((found) => this.admit(found, scope));
  }

  private admit(client: Client, scope: Scope): Client {
    this.count(allow(client, scope));
    return client;
  }

  private async ask(authorization: string): Promise<Client> {
    try {
      const client = await this.verify(authorization);
      this.known.add(authorization, client);
      return client;
    } finally {
      this.asked.delete(authorization);
    }
  }

  private async verify(authorization: string | undefined): Promise<Client> {
    const client = await this.verifier.verify(authorization);
    if (isStorableText(client.id)) return client;
    throw new TokenRefusedError('client', 'the token names a client that cannot be written down');
  }
}

/** @throws BillingError SCOPE_MISSING */
export function allow(client: Client, scope: Scope): Client {
  if (client.scopes.has(scope)) return client;
  throw new BillingError('SCOPE_MISSING', `the token does not have the scope ${scope}`, { scope });
}

/** Whose key it is, and whose account it may be. @throws BillingError TENANT_MISSING */
export function tenantOf(client: Client): string {
  const tenant = soleTenant(client);
  if (tenant !== undefined) return tenant;
  throw new BillingError('TENANT_MISSING', 'this call wants the token of a single tenant');
}
