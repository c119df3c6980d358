import { Reading, type ReadingOptions } from './reading.js';
import type { Metrics } from './metrics.js';

/** Who keeps others waiting for a lock, as `billing.list_lock_holders` tells it. */
export interface HolderOfLock {
  readonly pid: number;
  readonly role: string;
  readonly state: string;
  readonly longestWaitS: number;
}

const SAY_EVERY_MS = 10_000;

/**
 * Shows for whom calls wait, in the metrics by role and state (there are few of either), in the log with
 * all that is known, again while it lasts.
 */
export function lockReading<H extends HolderOfLock>(
  metrics: Metrics,
  options: Pick<ReadingOptions<H[]>, 'intervalMs' | 'log' | 'read'>,
): Reading<H[]> {
  const waits = metrics.gauge(
    'billing_lock_wait_seconds',
    'How long somebody has waited for a lock, by role and state of who has it; absent while nobody does.',
    ['holder', 'state'],
  );
  const said = new Map<number, number>();
  return new Reading(metrics, {
    ...options,
    name: 'lock_holders',
    gauges: [waits],
    show: (holders) => {
      // The longest first, so that of two holders of one role and state the other is not shown.
      for (const { role, state, longestWaitS } of holders.toReversed()) {
        waits.labels(role, state).set(longestWaitS);
      }
      say(holders);
    },
  });

  function say(holders: readonly H[]): void {
    const nowMs = performance.now();
    const isNews = holders.some(({ pid }) => nowMs - (said.get(pid) ?? -Infinity) >= SAY_EVERY_MS);
    const pids = new Set(holders.map(({ pid }) => pid));
    if (isNews) {
      options.log.warn({ holders }, 'others hold locks that calls wait for');
      for (const pid of pids) said.set(pid, nowMs);
    } else if (pids.size === 0 && said.size > 0) {
      options.log.info({ pids: [...said.keys()] }, 'nobody waits for a lock any more');
    }
    for (const pid of said.keys()) if (!pids.has(pid)) said.delete(pid);
  }
}
