import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;
/** However slow: so long without progress is no measurement. */
const STANDSTILL_MS = 180_000;

export interface Look {
  readonly isSo: boolean;
  readonly progress: string;
}

/** Looks again and again, as long as there is progress. */
export async function untilSo(what: string, look: () => Promise<Look>): Promise<void> {
  let last = { progress: '', atMs: performance.now() };
  for (;;) {
    const { isSo, progress } = await look();
    if (isSo) return;
    const atMs = performance.now();
    if (progress !== last.progress) last = { progress, atMs };
    if (atMs - last.atMs > STANDSTILL_MS) {
      throw new Error(`waited for ${what} in vain; the last look: ${progress}`);
    }
    await sleep(POLL_MS);
  }
}
