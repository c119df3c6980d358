export { PeriodicTask } from './periodic-task.js';
export type { PeriodicTaskOptions } from './periodic-task.js';
export { stopOnSignals } from './stop-signals.js';
export type { StopOptions } from './stop-signals.js';
export { StartProgress } from './start-progress.js';
export type { StartProgressOptions } from './start-progress.js';
