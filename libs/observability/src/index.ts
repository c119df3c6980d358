export { createLog, NestLog } from './log.js';
export type { Log } from './log.js';
export { checkReadiness, HealthServer } from './health.server.js';
export type { ReadinessCheck } from './health.server.js';
