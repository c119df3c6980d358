import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import type { Client } from './client.js';
import { BelievedTokens } from './believed-tokens.js';
import { KeySet } from './key-set.js';

export interface TokenVerifierOptions {
  /** SPKI in PEM. Either this or `jwksUrl`. */
  readonly publicKeyFile?: string | undefined;
  readonly jwksUrl?: string | undefined;
  readonly issuer: string;
  readonly audience: string;
}

/** The caller did not show a token that is to be believed. The message is fit for the caller. */
export class TokenRefusedError extends Error {
  readonly code = 'TOKEN_REFUSED';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TokenRefusedError';
  }
}

/** The key set could not be fetched: nothing is known about the token. */
export class KeysUnavailableError extends Error {
  readonly code = 'KEYS_UNAVAILABLE';
  readonly retryable = true;

  constructor(options?: ErrorOptions) {
    super('the key set that tokens are checked with cannot be read', options);
    this.name = 'KeysUnavailableError';
  }
}

// Asymmetric only: a public key must never pass for the secret of an HMAC.
const algorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256', 'PS256'];
const CLOCK_TOLERANCE_S = 5;
const BELIEF_MAX_MS = 60_000;
const CLIENT_ID_LENGTH_MAX = 200;
const bearerPattern = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

interface Claims {
  readonly sub?: string;
  readonly scope?: unknown;
  readonly exp?: number;
}
type Verify = (token: string) => Promise<{ payload: Claims }>;

export class TokenVerifier {
  private readonly believed = new BelievedTokens(BELIEF_MAX_MS);

  private constructor(
    private readonly verifyToken: Verify,
    private readonly keysAreRemote: boolean,
  ) {}

  /** Reads the public key, if one is named. @throws when the file holds no public key */
  static create(options: TokenVerifierOptions): TokenVerifier {
    const checks: JWTVerifyOptions = {
      issuer: options.issuer,
      audience: options.audience,
      algorithms,
      clockTolerance: CLOCK_TOLERANCE_S,
      requiredClaims: ['sub', 'exp'],
    };
    if (options.jwksUrl !== undefined) {
      const keys = new KeySet(new URL(options.jwksUrl));
      return new TokenVerifier((token) => keys.verify(token, checks), true);
    }
    if (options.publicKeyFile === undefined) throw new TypeError('neither a key nor a key set');
    const key = createPublicKey(readFileSync(options.publicKeyFile));
    return new TokenVerifier((token) => jwtVerify(token, key, checks), false);
  }

  /**
   * @param authorization value of the header or metadata `authorization`
   * @throws TokenRefusedError, KeysUnavailableError
   */
  async verify(authorization: string | undefined): Promise<Client> {
    const token = bearerPattern.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new TokenRefusedError('a bearer token is required');
    const believed = this.believed.get(token);
    if (believed !== undefined) return believed;
    const { sub, scope, exp } = await this.readClaims(token);
    if (typeof sub !== 'string' || sub === '' || sub.length > CLIENT_ID_LENGTH_MAX) {
      throw new TokenRefusedError('the token names no client');
    }
    const scopes = typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [];
    const client = { id: sub, scopes: new Set(scopes), expiresAtMs: 1_000 * (exp ?? 0) };
    this.believed.add(token, client);
    return client;
  }

  private async readClaims(token: string): Promise<Claims> {
    try {
      return (await this.verifyToken(token)).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new TokenRefusedError('the token has expired', { cause: error });
      }
      if (this.keysAreRemote && isFetchFault(error))
        throw new KeysUnavailableError({ cause: error });
      throw new TokenRefusedError('the token is not valid', { cause: error });
    }
  }
}

/** What jose throws when the key set does not come, or is none: not the token's fault. */
function isFetchFault(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'].includes(error.code);
}
