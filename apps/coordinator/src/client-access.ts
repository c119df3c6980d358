import type { Metadata } from '@grpc/grpc-js';
import type { Client, TokenVerifier } from '@billing/auth';
import { BillingError } from './billing.errors.js';

export type Scope = 'accounts:write' | 'services:read';

/** Who calls, and whether they may. */
export class ClientAccess {
  constructor(private readonly verifier: TokenVerifier) {}

  /** @throws TokenRefusedError, KeysUnavailableError, BillingError SCOPE_MISSING */
  async authorize(metadata: Metadata, scope: Scope): Promise<Client> {
    const [authorization] = metadata.get('authorization');
    const client = await this.verifier.verify(authorization?.toString());
    if (client.scopes.has(scope)) return client;
    throw new BillingError('SCOPE_MISSING', `the token does not have the scope ${scope}`, {
      scope,
    });
  }
}
