export { createLog, NestLog } from './log.js';
export type { Log, LogOptions } from './log.js';
export { RequestLog } from './request-log.js';
export { checkReadiness, ManagementServer } from './management-server.js';
export type { ReadinessCheck, ReadinessNotes } from './management-server.js';
export { Metrics } from './metrics.js';
export type {
  Counter,
  Exposition,
  Gauge,
  Histogram,
  MetricsOptions,
  PoolState,
} from './metrics.js';
export { lockReading } from './lock-reading.js';
export { Reading } from './reading.js';
export type { ReadingOptions, ReadingState } from './reading.js';
