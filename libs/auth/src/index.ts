export { TokenVerifier } from './token-verifier.js';
export { KeysUnavailableError, TokenRefusedError, type RefusalReason } from './token.errors.js';
export { RateLimiter } from './rate-limiter.js';
export { BelievedTokens } from './believed-tokens.js';
export { rateKey, soleTenant, type Client } from './client.js';
export type { TokenVerifierOptions } from './token-verifier.js';
export type { Scope } from './scope.js';
