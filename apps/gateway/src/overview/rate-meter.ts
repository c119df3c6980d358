const WINDOW_MS = 5_000;

/** How fast a growing count grows, over the last seconds. */
export class RateMeter {
  private readonly marks: { readonly atMs: number; readonly count: bigint }[] = [];

  /** @param count may fall when what is counted was made anew: then measuring begins anew */
  note(count: bigint, nowMs = performance.now()): void {
    const last = this.marks.at(-1);
    if (last !== undefined && count < last.count) this.restart();
    this.marks.push({ atMs: nowMs, count });
    while (this.marks.length > 2 && nowMs - this.marks[1]!.atMs >= WINDOW_MS) this.marks.shift();
  }

  /** Something else is counted from now on. */
  restart(): void {
    this.marks.length = 0;
  }

  /** Undefined until there is something to compare. */
  perSecond(): number | undefined {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
    const seconds = (last.atMs - first.atMs) / 1_000;
    return Math.round((Number(last.count - first.count) / seconds) * 10) / 10;
  }
}
