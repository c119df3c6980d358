import type { Tenants } from '@billing/contracts';

/** Whom a token names. */
export interface Client {
  readonly id: string;
  readonly scopes: ReadonlySet<string>;
  /** Whose accounts it may see and act on. */
  readonly tenants: Tenants;
  /** The token's claim `exp`, milliseconds since 1970: what goes on for longer than a request ends by then. */
  readonly expiresAtMs: number;
}

/** The tenant that a client's keys and new accounts are of; undefined where its token names more than one, or none. */
export function soleTenant({ tenants }: Pick<Client, 'tenants'>): string | undefined {
  return tenants === 'all' || tenants.length !== 1 ? undefined : tenants[0];
}

/** Of whom a rate limit counts: a client of its tenants, so that like names of two tenants do not share one. */
export function rateKey({ id, tenants }: Pick<Client, 'id' | 'tenants'>): string {
  return `${tenants === 'all' ? '*' : tenants.join(',')}\n${id}`;
}
