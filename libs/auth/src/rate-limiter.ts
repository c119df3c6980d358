const CALLERS_MAX = 10_000;

/**
 * A bucket of tokens a caller: full it holds one second's worth, so that bursts pass and the mean does not
 * exceed the rate. What turns out to be many is paid for afterwards: the next ones wait. Kept in this process:
 * each gateway and coordinator limits what it takes itself.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, { tokens: number; filledMs: number }>();

  /** @param ratePerSecond 0: no limit */
  constructor(private readonly ratePerSecond: number) {}

  /** True when the caller may go on now, which counts as one. */
  take(caller: string, nowMs = performance.now()): boolean {
    if (!this.isFree(caller, nowMs)) return false;
    this.charge(caller, 1, nowMs);
    return true;
  }

  /** Whether the next one would be let in. */
  isFree(caller: string, nowMs = performance.now()): boolean {
    return this.ratePerSecond === 0 || this.fill(caller, nowMs).tokens >= 1;
  }

  /** What was let in counts as this many, too. */
  charge(caller: string, count: number, nowMs = performance.now()): void {
    if (this.ratePerSecond > 0) this.fill(caller, nowMs).tokens -= count;
  }

  private fill(caller: string, nowMs: number): { tokens: number } {
    const bucket = this.buckets.get(caller) ?? this.newBucket(caller, nowMs);
    const earned = ((nowMs - bucket.filledMs) / 1_000) * this.ratePerSecond;
    bucket.tokens = Math.min(this.ratePerSecond, bucket.tokens + earned);
    bucket.filledMs = nowMs;
    return bucket;
  }

  private newBucket(caller: string, nowMs: number): { tokens: number; filledMs: number } {
    if (this.buckets.size >= CALLERS_MAX) {
      // The one that came first: a bucket made anew is full, which errs on the caller's side.
      const [oldest] = this.buckets.keys();
      if (oldest !== undefined) this.buckets.delete(oldest);
    }
    const bucket = { tokens: this.ratePerSecond, filledMs: nowMs };
    this.buckets.set(caller, bucket);
    return bucket;
  }
}
