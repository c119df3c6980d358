export { ConfigError } from './environment.js';
export type { Environment } from './environment.js';
export type { CommonConfig, DatabaseConfig } from './common.config.js';
export { parseLedgerWorkerConfig } from './ledger-worker.config.js';
export type { LedgerWorkerConfig } from './ledger-worker.config.js';
export { parseGatewayConfig } from './gateway.config.js';
export type { GatewayConfig } from './gateway.config.js';
export { groupJwt, JwtVariables } from './jwt.config.js';
export type { JwtConfig } from './jwt.config.js';
