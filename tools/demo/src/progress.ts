export interface Screen {
  readonly isTerminal: boolean;
  /** Characters in a line of the terminal. */
  readonly width: number;
  write(text: string): void;
}

const barLength = 28;
const redrawEveryMs = 100;
const lineEveryMs = 2_000;
const clearLine = '\r\u001b[2K';

/**
 * How far a step is: a bar that is redrawn on a terminal, a line every two seconds elsewhere. Lines in
 * between go through `note`.
 */
export class Progress {
  private readonly startedMs = performance.now();
  private shownMs = 0;
  private done: number;

  constructor(
    private readonly screen: Screen,
    private readonly what: string,
    private readonly total: number,
    /** What was there before: it is no part of the rate. */
    private readonly doneBefore = 0,
  ) {
    this.done = doneBefore;
    this.shownMs = this.startedMs;
    if (screen.isTerminal) this.draw();
  }

  get elapsedMs(): number {
    return performance.now() - this.startedMs;
  }

  set(done: number): void {
    this.done = done;
    const now = performance.now();
    if (now - this.shownMs < (this.screen.isTerminal ? redrawEveryMs : lineEveryMs)) return;
    this.shownMs = now;
    this.draw();
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
      doneBefore: this.doneBefore,
      elapsedMs: this.elapsedMs,
      withBar: this.screen.isTerminal,
    });
    if (this.screen.isTerminal) this.screen.write(clearLine + line.slice(0, this.screen.width - 1));
    else this.screen.write(`${line}\n`);
  }
}

export interface ProgressFacts {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly doneBefore: number;
  readonly elapsedMs: number;
  readonly withBar: boolean;
}

export function describeProgress(facts: ProgressFacts): string {
  const { what, done, total, doneBefore, elapsedMs, withBar } = facts;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const rate = (done - doneBefore) / (Math.max(1, elapsedMs) / 1_000);
  const filled = Math.round(share * barLength);
  const bar = withBar ? ` [${'#'.repeat(filled)}${'.'.repeat(barLength - filled)}]` : '';
  const percent = `${String(Math.floor(share * 100)).padStart(3)}%`;
  const counts = `${formatCount(done)} of ${formatCount(total)}`;
  const parts = [`${what.padEnd(22)}${bar} ${percent}  ${counts}`];
  if (rate > 0) parts.push(`${formatCount(Math.round(rate))}/s`);
  if (share === 1) parts.push(formatSeconds(elapsedMs));
  else parts.push(rate > 0 ? `${formatSeconds(((total - done) / rate) * 1_000)} left` : 'waiting');
  return parts.join('  ');
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
