export { Database, Session } from './database.js';
export type { DatabaseOptions, Row } from './database.js';
export { DatabaseError } from './database.errors.js';
export type { DelayRange } from './database.errors.js';
export { claimPartition } from './consumer-offsets.js';
export type { HaltReason, PartitionClaim } from './consumer-offsets.js';
