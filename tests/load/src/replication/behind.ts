/** A heartbeat that a node has committed. */
export interface Beat {
  /** By the node's clock, as its row says. */
  readonly beatAt: Date;
  /** When its commit was seen, by the clock of whoever looks. */
  readonly committedMs: number;
}

/**
 * How long a replica lacks what its origin had committed: since the commit of the oldest heartbeat that has not come, as
 * one subscription applies commits in their order. No clock is compared with another machine's.
 *
 * @param seen the last heartbeat that has come; undefined: none ever did
 */
export function secondsBehind(
  beats: readonly Beat[],
  seen: Date | undefined,
  nowMs: number,
): number {
  const awaited = beats.filter(({ beatAt }) => seen === undefined || beatAt > seen);
  const oldestMs = Math.min(nowMs, ...awaited.map(({ committedMs }) => committedMs));
  return (nowMs - oldestMs) / 1_000;
}
