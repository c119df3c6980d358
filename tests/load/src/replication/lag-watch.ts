import { setTimeout as sleep } from 'node:timers/promises';
import { readOffsets } from '../worker-measure.js';
import { secondsBehind, type Beat } from './behind.js';
import type { NodeCopy } from './node-copy.js';
import type { Run } from './replication-run.js';

const SAMPLE_MS = 500;

/** Looks twice a second at what origins have stored and takers have not; keeps replication awake meanwhile. */
export class LagWatch {
  private readonly samples: Run['behind'][number][] = [];
  private readonly beats = new Map<number, Beat[]>();
  private readonly startMs = performance.now();
  private readonly stop = new AbortController();
  private readonly watching: Promise<void>;

  /** Of takers without entries, when the origins had `storedBefore` of their topics. */
  constructor(
    private readonly origins: readonly NodeCopy[],
    private readonly takers: readonly NodeCopy[],
    private readonly storedBefore: number,
  ) {
    this.watching = this.watch();
    // Whoever ends the watch hears of it; until then it is no promise that nobody waits for.
    this.watching.catch(() => undefined);
  }

  async end(): Promise<Run['behind']> {
    this.stop.abort();
    await this.watching;
    return this.samples;
  }

  private async watch(): Promise<void> {
    while (!this.stop.signal.aborted) {
      await Promise.all(this.origins.map((origin) => this.beat(origin)));
      const offsets = await Promise.all(this.origins.map(({ database }) => readOffsets(database)));
      const stored = offsets.reduce((sum, one) => sum + one.stored, 0) - this.storedBefore;
      const atMs = Math.round(performance.now() - this.startMs);
      const counts = await Promise.all(this.takers.map((taker) => taker.countEntries()));
      this.samples.push({
        atMs,
        stored,
        // What arrived between the two looks is no lead.
        entries: counts.map((count) => Math.max(0, stored - count)),
        seconds: await Promise.all(this.takers.map((taker) => this.secondsBehind(taker))),
      });
      await sleep(SAMPLE_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  /** As a coordinator does. */
  private async beat({ database, nodeId }: NodeCopy): Promise<void> {
    const [row] = await database.query<{ at: Date }>('beat', 'select billing.beat() as at');
    const known = this.beats.get(nodeId) ?? [];
    this.beats.set(nodeId, [...known, { beatAt: row!.at, committedMs: performance.now() }]);
  }

  /** Of the origin that it is furthest behind. */
  private async secondsBehind(taker: NodeCopy): Promise<number> {
    const seen = await taker.lastBeats();
    const nowMs = performance.now();
    const others = this.origins.filter(({ nodeId }) => nodeId !== taker.nodeId);
    return Math.max(
      ...others.map(({ nodeId }) =>
        secondsBehind(this.beats.get(nodeId) ?? [], seen.get(nodeId), nowMs),
      ),
    );
  }
}
