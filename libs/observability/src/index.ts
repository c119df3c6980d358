export { createLog, NestLog } from './log.js';
export type { Log, LogOptions } from './log.js';
export { RequestLog } from './request-log.js';
export { checkReadiness, HealthServer } from './health.server.js';
export type { ReadinessCheck } from './health.server.js';
