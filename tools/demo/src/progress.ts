export interface Screen {
  readonly isTerminal: boolean;
  /** Characters in a line of the terminal. */
  readonly width: number;
  write(text: string): void;
}

const barLengthMin = 8;
const barLengthMax = 28;
/** What stands beside a bar, at its longest. */
const textLength = 70;
const redrawEveryMs = 100;
const lineEveryMs = 2_000;
/** The rate, and so the time left, is that of the last seconds. */
const rateOverMs = 6_000;
const clearLine = '\r\u001b[2K';

/**
 * How far a step is: a bar that is redrawn on a terminal, a line every two seconds elsewhere. Lines in
 * between go through `note`.
 */
export class Progress {
  private readonly startedMs = performance.now();
  private shownMs: number;
  private done = 0;
  private samples: { readonly atMs: number; readonly done: number }[] = [];

  constructor(
    private readonly screen: Screen,
    private readonly what: string,
    private readonly total: number,
  ) {
    this.shownMs = this.startedMs;
    if (screen.isTerminal) this.draw();
  }

  get elapsedMs(): number {
    return performance.now() - this.startedMs;
  }

  set(done: number): void {
    const now = performance.now();
    this.done = done;
    this.samples.push({ atMs: now, done });
    const isOld = ({ atMs }: { atMs: number }): boolean => now - atMs > rateOverMs;
    while (this.samples.length > 2 && isOld(this.samples[1]!)) this.samples.shift();
    if (now - this.shownMs < (this.screen.isTerminal ? redrawEveryMs : lineEveryMs)) return;
    // The last line is that of finish().
    if (done < this.total || this.screen.isTerminal) this.draw();
    this.shownMs = now;
  }

  note(line: string): void {
    if (!this.screen.isTerminal) return this.screen.write(`${line}\n`);
    this.screen.write(`${clearLine}${line}\n`);
    this.draw();
  }

  /** The last line stays on the screen. */
  finish(): void {
    this.draw();
    if (this.screen.isTerminal) this.screen.write('\n');
  }

  private draw(): void {
    const line = describeProgress({
      what: this.what,
      done: this.done,
      total: this.total,
      ratePerSecond: this.measureRate(),
      elapsedMs: this.elapsedMs,
      barLength: this.screen.isTerminal
        ? Math.max(barLengthMin, Math.min(barLengthMax, this.screen.width - textLength))
        : 0,
    });
    if (this.screen.isTerminal) this.screen.write(clearLine + line.slice(0, this.screen.width - 1));
    else this.screen.write(`${line}\n`);
  }

  private measureRate(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
    return ((last.done - first.done) / (last.atMs - first.atMs)) * 1_000;
  }
}

export interface ProgressFacts {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly ratePerSecond: number;
  readonly elapsedMs: number;
  /** 0: no bar. */
  readonly barLength: number;
}

export function describeProgress(facts: ProgressFacts): string {
  const { what, done, total, ratePerSecond, elapsedMs, barLength } = facts;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * barLength);
  const bar = barLength > 0 ? ` [${'#'.repeat(filled)}${'.'.repeat(barLength - filled)}]` : '';
  const percent = `${String(Math.floor(share * 100)).padStart(3)}%`;
  const counts = `${formatCount(done)} of ${formatCount(total)}`;
  const line = `${what.padEnd(19)}${bar} ${percent}  ${counts}`;
  if (share === 1) return `${line}  ${formatSeconds(elapsedMs)}`;
  if (ratePerSecond <= 0) return `${line}  waiting`;
  const leftMs = ((total - done) / ratePerSecond) * 1_000;
  return `${line}  ${formatCount(Math.round(ratePerSecond))}/s  ${formatSeconds(leftMs)} left`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
