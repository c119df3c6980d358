import { DEFAULT_TENANT, isTenantName, type Tenants } from '@billing/contracts';
import type { JWTPayload } from 'jose';
import type { Client } from './client.js';
import { withIncluded } from './scope.js';
import { TokenRefusedError } from './token.errors.js';

const CLIENT_ID_LENGTH_MAX = 200;
/** Of RFC 6749: printable ASCII without space, quote and backslash. */
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** How far the clocks of issuers may be ahead of ours. */
export const CLOCK_TOLERANCE_S = 5;

export interface ClaimRules {
  /** The longest that a token may last, from its issue to its end. */
  readonly lifetimeMaxS: number;
  /** Name of the claim that says whose accounts the client may see and act on. */
  readonly tenantClaim: string;
  /** A token that names none is refused, instead of being the default tenant's. */
  readonly wantsTenant: boolean;
}

/**
 * Whom a token names whose signature, issuer, audience and times were checked.
 * @throws TokenRefusedError
 */
export function readClaims(claims: JWTPayload, rules: ClaimRules): Client {
  const { sub, exp = 0 } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > CLIENT_ID_LENGTH_MAX) {
    throw new TokenRefusedError('client', 'the token names no client');
  }
  refuseLongLived(claims, rules.lifetimeMaxS);
  return {
    id: sub,
    scopes: withIncluded(readScopes(claims)),
    tenants: readTenants(claims, rules),
    expiresAtMs: 1_000 * exp,
  };
}

/**
 * `scope` as RFC 9068 has it, or as a list; `scp`, Okta's and Azure's name of it, where there is no `scope`.
 * A token without both allows nothing.
 */
function readScopes(claims: JWTPayload): readonly string[] {
  // Some issuers write null for what they have not got.
  const name = (claims['scope'] ?? undefined) === undefined ? 'scp' : 'scope';
  const value = claims[name] ?? undefined;
  if (value === undefined) return [];
  if (typeof value === 'string') return value.split(' ').filter((one) => one !== '');
  if (isScopeList(value)) return value;
  const shape = 'neither text, separated by spaces, nor a list of such words';
  throw new TokenRefusedError('scope', `the claim ${name} of the token is ${shape}`);
}

/** A name, a list of names, or `*` alone: all. */
function readTenants(claims: JWTPayload, { tenantClaim, wantsTenant }: ClaimRules): Tenants {
  const value = claims[tenantClaim] ?? undefined;
  if (value === undefined) {
    if (!wantsTenant) return [DEFAULT_TENANT];
    throw new TokenRefusedError('tenant', `the token has no claim ${tenantClaim}`);
  }
  if (value === '*') return 'all';
  const names: unknown[] = Array.isArray(value) ? value : [value];
  if (names.length > 0 && names.every(isTenantName)) return [...new Set(names)];
  const shape = 'neither the name of a tenant, nor a list of such names, nor "*"';
  throw new TokenRefusedError('tenant', `the claim ${tenantClaim} of the token is ${shape}`);
}

function isScopeList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.every((one: unknown) => typeof one === 'string' && scopePattern.test(one))
  );
}

/** Counted from `iat`, else `nbf`, and from now on where both are missing or yet to come. */
function refuseLongLived({ iat, nbf, exp = 0 }: JWTPayload, lifetimeMaxS: number): void {
  const latestS = Date.now() / 1_000 + CLOCK_TOLERANCE_S;
  const fromS = Math.min(iat ?? nbf ?? latestS, latestS);
  if (exp - fromS <= lifetimeMaxS) return;
  const most = `${lifetimeMaxS} seconds are the most`;
  throw new TokenRefusedError('lifetime', `the token lasts too long: ${most}`);
}
