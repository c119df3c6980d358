import { setTimeout as sleep } from 'node:timers/promises';
import { readOffsets } from '../worker-measure.js';
import type { NodeCopy } from './node-copy.js';
import type { Run } from './replication-run.js';

const SAMPLE_MS = 1_000;

/** Looks once a second at what origins have stored and takers have not; keeps replication awake meanwhile. */
export class LagWatch {
  private readonly samples: Run['behind'][number][] = [];
  private readonly startMs = performance.now();
  private readonly stop = new AbortController();
  private readonly watching: Promise<void>;

  /** Of takers without entries, when the origins had `storedBefore` of their topics. */
  constructor(
    private readonly origins: readonly NodeCopy[],
    private readonly takers: readonly NodeCopy[],
    private readonly storedBefore: number,
  ) {
    this.watching = takers.length === 0 ? Promise.resolve() : this.watch();
  }

  async end(): Promise<Run['behind']> {
    this.stop.abort();
    await this.watching;
    return this.samples;
  }

  private async watch(): Promise<void> {
    while (!this.stop.signal.aborted) {
      await Promise.all(this.origins.map(beat));
      const offsets = await Promise.all(this.origins.map(({ database }) => readOffsets(database)));
      const stored = offsets.reduce((sum, one) => sum + one.stored, 0) - this.storedBefore;
      const atMs = Math.round(performance.now() - this.startMs);
      const counts = await Promise.all(this.takers.map((taker) => taker.countEntries()));
      // What arrived between the two looks is no lead.
      this.samples.push({ atMs, entries: counts.map((count) => Math.max(0, stored - count)) });
      await sleep(SAMPLE_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }
}

/** As a coordinator does. */
async function beat({ database }: NodeCopy): Promise<void> {
  await database.query('beat', 'select billing.beat()');
}
