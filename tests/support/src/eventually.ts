import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer holds; throws with the last one when the time is over. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (holds(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      const text = JSON.stringify(last, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v));
      throw new Error(
        `not within ${withinMs} ms; last: ${last instanceof Error ? last.message : text}`,
      );
    }
    await sleep(100);
  }
}
