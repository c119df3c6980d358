export interface PeriodicTaskOptions {
  readonly intervalMs: number;
  /** One round. The signal aborts when the task is to stop. May return the wait before the next. */
  readonly run: (stopping: AbortSignal) => Promise<void | { readonly nextInMs: number }>;
  /** Told of a round that threw; the next one comes after the usual interval. */
  readonly onError: (error: unknown) => void;
}

/**
 * Runs something again and again, never two rounds at once.
 * States: idle -> waiting <-> running -> stopped. `stop` is final and waits for a round under way.
 */
export class PeriodicTask {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private wokenEarly = false;

  constructor(private readonly options: PeriodicTaskOptions) {}

  /** Begins with a round at once. Calling it again changes nothing. */
  start(): void {
    this.loop ??= this.runRounds();
  }

  /** Asks for a round now, or right after the one under way. */
  trigger(): void {
    this.wokenEarly = true;
    this.wake?.();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake?.();
    await this.loop;
  }

  private async runRounds(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wokenEarly = false;
      let waitMs = this.options.intervalMs;
      try {
        const answer = await this.options.run(this.stopping.signal);
        if (answer !== undefined) waitMs = answer.nextInMs;
      } catch (error) {
        if (!this.stopping.signal.aborted) this.options.onError(error);
      }
      await this.wait(waitMs);
    }
  }

  private async wait(durationMs: number): Promise<void> {
    if (this.wokenEarly || this.stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}
