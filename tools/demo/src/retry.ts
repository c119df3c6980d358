import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { DemoError } from './demo.errors.js';

/** Members are killed and come back: the supervisor needs seconds for it, recovery some more. */
export const giveUpAfterMs = 120_000;
const delayMinMs = 100;
const delayMaxMs = 2_000;

export interface RetryWords {
  /** "opening account 576 at dc1" */
  readonly what: string;
  readonly isRetryable: (error: unknown) => boolean;
  readonly onRetry?: (error: Error) => void;
  /** Nobody waits for it any more. */
  readonly signal?: AbortSignal;
}

/** Tries again with growing, jittered delays. @throws DemoError GAVE_UP when the time is over */
export async function untilDone<T>(words: RetryWords, attempt: () => Promise<T>): Promise<T> {
  const end = Date.now() + giveUpAfterMs;
  for (let delayMs = delayMinMs; ; delayMs = Math.min(delayMs * 2, delayMaxMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (!words.isRetryable(error) || words.signal?.aborted) throw error;
      const { message } = error as Error;
      if (Date.now() + delayMs > end) {
        const within = `${giveUpAfterMs / 1_000} s`;
        throw new DemoError('GAVE_UP', `${words.what}: not done within ${within}: ${message}`, {
          cause: error,
        });
      }
      words.onRetry?.(error as Error);
      await sleep(delayMs * (0.5 + Math.random() / 2));
    }
  }
}

/** Does all of them, `concurrency` at a time, and leaves the rest after the first failure. */
export async function forEachLimited<T>(
  items: readonly T[],
  concurrency: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const limit = pLimit(concurrency);
  try {
    await limit.map(items, act);
  } finally {
    limit.clearQueue();
  }
}
