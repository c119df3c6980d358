import type { StartProgress } from './start-progress.js';

/** The parts of an app as one thing, which its process starts and stops. */
export interface App {
  /** Says in the log when it is ready for work. */
  start(progress: StartProgress): Promise<void>;
  /** Stops everything in order, also what a start has only begun. */
  stop(): Promise<void>;
}

export interface AppLog {
  info(message: string): void;
  error(facts: object, message: string): void;
  fatal(facts: object, message: string): void;
}

export interface RunAppOptions {
  /** As in "the ledger worker could not start". */
  readonly name: string;
  /** @param fail for what the app cannot live with: says why, stops it and ends the process with 1 */
  readonly makeApp: (fail: (error: unknown, why: string) => void) => App;
  /** After this long the process ends whatever is still open. */
  readonly stopDeadlineMs: number;
  readonly log: AppLog;
}

/**
 * Runs an app until SIGTERM, SIGINT or a failure; the end of its `stop` is the end of the process. Exit code 0; 1
 * when it failed, could not start, or when stopping failed or took longer than its deadline.
 */
export async function runApp(progress: StartProgress, options: RunAppOptions): Promise<void> {
  const { name, log } = options;
  let stopping = false;
  try {
    const app = options.makeApp((error, why) => {
      log.fatal({ err: error }, why);
      stop(1);
    });
    const stop = (exitCode: number): void => {
      if (stopping) return;
      stopping = true;
      void endProcess(app, exitCode, options);
    };
    process.on('SIGTERM', () => stop(0));
    process.on('SIGINT', () => stop(0));
    await app.start(progress);
  } catch (error) {
    // Told to stop while it started, it has lost what it started with: that is no failure.
    if (stopping) return;
    log.fatal({ err: error }, `the ${name} could not start`);
    process.exit(1);
  }
}

async function endProcess(
  app: App,
  exitCode: number,
  { stopDeadlineMs, log }: RunAppOptions,
): Promise<void> {
  setTimeout(() => {
    log.error({}, 'stopping took too long');
    process.exit(1);
  }, stopDeadlineMs).unref();
  try {
    log.info('stopping');
    await app.stop();
    log.info('stopped');
    process.exit(exitCode);
  } catch (error) {
    log.error({ err: error }, 'stopping failed');
    process.exit(1);
  }
}
