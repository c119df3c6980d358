/** Why a token is not believed, for the log. */
export type RefusalReason =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'unknown_key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'expired'
  | 'not_yet_valid'
  | 'lifetime'
  | 'client'
  | 'scope'
  | 'tenant'
  | 'claims';

/** The caller did not show a token that is to be believed. The message is fit for the caller. */
export class TokenRefusedError extends Error {
  readonly code = 'TOKEN_REFUSED';
  readonly retryable = false;

  constructor(
    readonly reason: RefusalReason,
    message: string,
    options?: ErrorOptions,
  ) {
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
