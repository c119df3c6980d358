import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { Client } from './client.js';
import { BelievedTokens } from './believed-tokens.js';
import { CLOCK_TOLERANCE_S, readClaims, type ClaimRules } from './claims.js';
import { KeySet } from './key-set.js';
import { KeysUnavailableError, TokenRefusedError, type RefusalReason } from './token.errors.js';

export interface TokenVerifierOptions extends ClaimRules {
  /** SPKI in PEM. Either this or `jwksUrl`. */
  readonly publicKeyFile?: string | undefined;
  readonly jwksUrl?: string | undefined;
  readonly issuer: string;
  readonly audience: string;
}

// Asymmetric only: a public key must never pass for the secret of an HMAC.
const algorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256', 'PS256'];
const BELIEF_MAX_MS = 60_000;
const bearerPattern = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

type Verify = (token: string) => Promise<{ payload: JWTPayload }>;

export class TokenVerifier {
  /** By the whole value that they came in: looking one up takes no pattern. */
  private readonly believed = new BelievedTokens(BELIEF_MAX_MS);

  private constructor(
    private readonly verifyToken: Verify,
    private readonly keysAreRemote: boolean,
    private readonly rules: ClaimRules,
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
      return new TokenVerifier((token) => keys.verify(token, checks), true, options);
    }
    if (options.publicKeyFile === undefined) throw new TypeError('neither a key nor a key set');
    const key = createPublicKey(readFileSync(options.publicKeyFile));
    return new TokenVerifier((token) => jwtVerify(token, key, checks), false, options);
  }

  /** Whose it is, if it was verified a moment ago: without a promise, for those who come by the thousand a second. */
  recall(authorization: string | undefined): Client | undefined {
    return authorization === undefined ? undefined : this.believed.get(authorization);
  }

  /**
   * @param authorization value of the header or metadata `authorization`
   * @throws TokenRefusedError, KeysUnavailableError
   */
  async verify(authorization: string | undefined): Promise<Client> {
    const believed = this.recall(authorization);
    if (believed !== undefined) return believed;
    const token = bearerPattern.exec(authorization ?? '')?.[1];
    if (authorization === undefined || token === undefined) {
      const reason = authorization === undefined ? 'missing' : 'malformed';
      throw new TokenRefusedError(reason, 'a bearer token is required');
    }
    const client = readClaims(await this.check(token), this.rules);
    this.believed.add(authorization, client);
    return client;
  }

  private async check(token: string): Promise<JWTPayload> {
    try {
      return (await this.verifyToken(token)).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new TokenRefusedError('expired', 'the token has expired', { cause: error });
      }
      if (this.keysAreRemote && isFetchFailure(error))
        throw new KeysUnavailableError({ cause: error });
      throw new TokenRefusedError(reasonOf(error), 'the token is not valid', { cause: error });
    }
  }
}

/** What jose throws when the key set does not come, or is none: not an error of the token. */
function isFetchFailure(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'].includes(error.code);
}

const claimReasons: Readonly<Partial<Record<string, RefusalReason>>> = {
  iss: 'issuer',
  aud: 'audience',
  sub: 'client',
  exp: 'lifetime',
};

/** What jose did not like about it. */
function reasonOf(error: unknown): RefusalReason {
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf' && error.reason === 'check_failed') return 'not_yet_valid';
    return claimReasons[error.claim] ?? 'claims';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'malformed';
  // Not allowed, not known to jose, or of another kind of key than ours.
  return 'algorithm';
}
