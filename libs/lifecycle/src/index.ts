export { keepCode, loadBundle } from './bundle.js';
export type { Bundle, KeptCode } from './bundle.js';
export { PeriodicTask, UNTIL_TRIGGERED } from './periodic-task.js';
export type { PeriodicTaskOptions } from './periodic-task.js';
export { runApp } from './run-app.js';
export type { App, AppLog, RunAppOptions } from './run-app.js';
export { StartProgress } from './start-progress.js';
export type { StartProgressOptions } from './start-progress.js';
