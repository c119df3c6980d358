import { setTimeout as sleep } from 'node:timers/promises';
import { readOffsets } from '../worker-measure.js';
import { secondsBehind, type Beat } from './behind.js';
import type { NodeCopy } from './node-copy.js';
import type { Run } from './replication-run.js';

/** Counting takes processor time from what is counted. */
const COUNT_MS = 500;
/** Who is behind for less than that may look as if it were not. */
const BEAT_MS = 200;

/** Looks at what origins have and takers have not: how many entries, and since when. */
export class LagWatch {
  private readonly behind: Run['behind'][number][] = [];
  private readonly since: Run['since'][number][] = [];
  private readonly beats = new Map<number, Beat[]>();
  private readonly startMs = performance.now();
  private readonly stop = new AbortController();
  private readonly watching: Promise<unknown>;

  /** Of takers without entries, when the origins had `storedBefore` of their topics. */
  constructor(
    private readonly origins: readonly NodeCopy[],
    private readonly takers: readonly NodeCopy[],
    private readonly storedBefore: number,
  ) {
    this.watching = Promise.all([
      this.repeat(COUNT_MS, () => this.count()),
      this.repeat(BEAT_MS, () => this.beatAndLook()),
    ]);
    // What has failed is told to whoever ends it.
    this.watching.catch(() => undefined);
  }

  async end(): Promise<Pick<Run, 'behind' | 'since' | 'takers'>> {
    this.stop.abort();
    await this.watching;
    const takers = this.takers.map(({ nodeId }) => nodeId);
    return { behind: this.behind, since: this.since, takers };
  }

  private async repeat(everyMs: number, look: () => Promise<void>): Promise<void> {
    const { signal } = this.stop;
    while (!signal.aborted) {
      await look();
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private get atMs(): number {
    return Math.round(performance.now() - this.startMs);
  }

  private async count(): Promise<void> {
    const offsets = await Promise.all(this.origins.map(({ database }) => readOffsets(database)));
    const stored = offsets.reduce((sum, one) => sum + one.stored, 0) - this.storedBefore;
    const { atMs } = this;
    const counts = await Promise.all(this.takers.map((taker) => taker.countEntries()));
    // What arrived between the two looks is no lead.
    const entries = counts.map((count) => Math.max(0, stored - count));
    this.behind.push({ atMs, stored, entries });
  }

  /** Keeps replication awake, too, as a coordinator does. */
  private async beatAndLook(): Promise<void> {
    await Promise.all(this.origins.map((origin) => this.beat(origin)));
    const seconds = await Promise.all(this.takers.map((taker) => this.secondsBehind(taker)));
    this.since.push({ atMs: this.atMs, seconds });
  }

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
