export { KeysUnavailableError, TokenRefusedError, TokenVerifier } from './token-verifier.js';
export type { Client, TokenVerifierOptions } from './token-verifier.js';
