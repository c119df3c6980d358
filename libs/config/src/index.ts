export { ConfigError } from './environment.js';
export type { Environment } from './environment.js';
export type { CommonConfig, DatabaseConfig } from './common.config.js';
export { parseLedgerWorkerConfig } from './ledger-worker.config.js';
export type { LedgerWorkerConfig } from './ledger-worker.config.js';
