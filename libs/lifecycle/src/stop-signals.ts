export interface StopOptions {
  /** Stops everything in order; its end is the process's end. */
  readonly stop: () => Promise<void>;
  /** After this long the process ends whatever is still open. */
  readonly deadlineMs: number;
  readonly onLate: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Ends the process by `stop` on SIGTERM, SIGINT or a call of the function returned. Exit code 0, or
 * the one given; 1 when stopping failed or took longer than its deadline. Repeats are ignored.
 */
export function stopOnSignals(options: StopOptions): (exitCode?: number) => void {
  let stopping = false;
  const stop = (exitCode = 0): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      options.onLate();
      process.exit(1);
    }, options.deadlineMs).unref();
    options.stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        options.onError(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop());
  process.on('SIGINT', () => stop());
  return stop;
}
