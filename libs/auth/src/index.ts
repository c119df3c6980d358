export { TokenVerifier } from './token-verifier.js';
export { KeysUnavailableError, TokenRefusedError, type RefusalReason } from './token.errors.js';
export { BelievedTokens } from './believed-tokens.js';
export { soleTenant, type Client } from './client.js';
export type { TokenVerifierOptions } from './token-verifier.js';
export type { Scope } from './scope.js';
