const CLIENTS_MAX = 10_000;

/**
 * A bucket of tokens per client: full it holds one second's worth, so that bursts pass and the mean
 * does not exceed the rate. Kept in this process: each gateway limits what it takes itself.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, { tokens: number; filledMs: number }>();

  /** @param ratePerSecond 0: no limit */
  constructor(private readonly ratePerSecond: number) {}

  /** True when the client may go on now. */
  take(client: string, nowMs = performance.now()): boolean {
    if (this.ratePerSecond === 0) return true;
    const bucket = this.buckets.get(client) ?? this.newBucket(client, nowMs);
    const earned = ((nowMs - bucket.filledMs) / 1_000) * this.ratePerSecond;
    bucket.tokens = Math.min(this.ratePerSecond, bucket.tokens + earned);
    bucket.filledMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  private newBucket(client: string, nowMs: number): { tokens: number; filledMs: number } {
    if (this.buckets.size >= CLIENTS_MAX) {
      // The one that came first: a bucket made anew is full, which errs on the client's side.
      const [oldest] = this.buckets.keys();
      if (oldest !== undefined) this.buckets.delete(oldest);
    }
    const bucket = { tokens: this.ratePerSecond, filledMs: nowMs };
    this.buckets.set(client, bucket);
    return bucket;
  }
}
