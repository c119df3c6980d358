import { setTimeout as pause } from 'node:timers/promises';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyOptions,
} from 'jose';

const FETCH_TIMEOUT_MS = 3_000;
/** Between two fetches: what anybody who makes up key ids can ask of the server of the keys. */
const FETCH_GAP_MS = 1_000;
/** Keys without an id that one token is tried with. */
const KEYS_TRIED_MAX = 16;

/**
 * The keys of an issuer, fetched from its server and kept for ten minutes (jose's). One that is not among
 * them may have come since: they are fetched again, together for all tokens that wait, at most once a second,
 * and only then is the token refused. A fetch that failed counts as one.
 */
export class KeySet {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;
  private nextFetch: Promise<void> | undefined;
  private fetchedAtMs = -Infinity;

  constructor(url: URL) {
    this.keys = createRemoteJWKSet(url, {
      timeoutDuration: FETCH_TIMEOUT_MS,
      // When to fetch again is said here.
      cooldownDuration: Infinity,
    });
  }

  /** @throws JOSEError, or what kept the keys from being fetched */
  async verify(token: string, checks: JWTVerifyOptions): Promise<{ payload: JWTPayload }> {
    const cameAtMs = performance.now();
    if (!this.keys.fresh) await this.fetch();
    try {
      return await this.tryKeys(token, checks);
    } catch (error) {
      if (!isOfUnknownKey(error, token) || this.fetchedAtMs >= cameAtMs) throw error;
    }
    await this.fetch();
    // It was under way already when the token came.
    if (this.fetchedAtMs < cameAtMs) await this.fetch();
    return this.tryKeys(token, checks);
  }

  private async tryKeys(token: string, checks: JWTVerifyOptions): Promise<{ payload: JWTPayload }> {
    try {
      return await jwtVerify(token, this.keys, checks);
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      let tried = 0;
      for await (const key of error) {
        tried += 1;
        if (tried > KEYS_TRIED_MAX) break;
        try {
          return await jwtVerify(token, key, checks);
        } catch (failure) {
          if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
        }
      }
      throw new errors.JWSSignatureVerificationFailed(undefined, { cause: error });
    }
  }

  private fetch(): Promise<void> {
    this.nextFetch ??= this.fetchInTurn().finally(() => (this.nextFetch = undefined));
    return this.nextFetch;
  }

  private async fetchInTurn(): Promise<void> {
    const waitMs = this.fetchedAtMs + FETCH_GAP_MS - performance.now();
    if (waitMs > 0) await pause(waitMs);
    this.fetchedAtMs = performance.now();
    await this.keys.reload();
  }
}

/** Of a token that names no key, a signature that fits none is all there is to see. */
function isOfUnknownKey(error: unknown, token: string): boolean {
  if (error instanceof errors.JWKSNoMatchingKey) return true;
  return (
    error instanceof errors.JWSSignatureVerificationFailed &&
    decodeProtectedHeader(token).kid === undefined
  );
}
