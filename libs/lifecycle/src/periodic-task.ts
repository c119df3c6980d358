/**
 * Waits of a second and more end at whole seconds of the process, so that an idle one wakes once a second for all of its
 * tasks: a wake costs more than what is then done (docs/measurements.md). None lasts longer for it.
 */
const BEAT_MS = 1_000;
/** A timer may fire so much early: that is no beat to be kept once more. */
const EARLY_MS = 5;

/** What a round returns that has nothing to do before `trigger`. */
export const UNTIL_TRIGGERED = { nextInMs: 2 ** 30 } as const;

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
      const timer = setTimeout(resolve, durationMs < BEAT_MS ? durationMs : untilBeat(durationMs));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }
}

/** Until the last beat that is not later; half of the wait at least, for what a round that took long has kept busy. */
function untilBeat(durationMs: number): number {
  const nowMs = performance.now();
  const beats = Math.floor((nowMs + durationMs + EARLY_MS) / BEAT_MS);
  return Math.max(beats * BEAT_MS - nowMs, durationMs / 2);
}
