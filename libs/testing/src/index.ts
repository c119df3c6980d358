export { eventually } from './eventually.js';
export { Ledger } from './ledger.js';
export { readTopic } from './topic.reader.js';
export type { StoredMessage } from './topic.reader.js';
export { command, PAY_IN_TOPIC, Upstream } from './upstream.js';
export type { Command } from './upstream.js';
