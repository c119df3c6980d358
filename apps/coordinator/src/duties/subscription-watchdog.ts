import { restartSubscription, type Caller, type Visit } from '@billing/database';
import type { Log } from '@billing/observability';

export interface SubscriptionWatchdogOptions {
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  readonly log: Log;
  readonly nowMs?: () => number;
}

type Seen = Pick<Visit, 'answers' | 'subscription' | 'slotLost'>;

// A subscription that stays up this long is well again: its delays start from the shortest.
const HEALTHY_AFTER_MS = 10_000;
const ALARM_EVERY_MS = 60_000;

/**
 * Looks after this node's subscription to one other node. After an apply error pglogical waits up
 * to three minutes before it tries again; a restart by hand brings it back within a second, if the
 * error is at least five seconds old (measured: pglogical starts no worker sooner).
 *
 * replicating -> down: restarted at once while the node answers, then after 1, 2, 4, … intervals
 * down -> replicating: the delay is forgotten once it has stayed so for ten seconds, or when the
 *   node was away meanwhile: then that was the cause
 * disabled, initializing: an operator's wish, a first copy under way; both are left alone
 */
export class SubscriptionWatchdog {
  private restarts = 0;
  private notBeforeMs = 0;
  private replicatingSinceMs: number | undefined;
  private slotAlarmAtMs = -Infinity;
  private answered = true;

  constructor(
    private readonly nodeId: number,
    private readonly options: SubscriptionWatchdogOptions,
  ) {}

  /** @param visit what the node showed just now. @throws DatabaseError */
  async look(database: Caller, visit: Seen): Promise<void> {
    const { answers, subscription } = visit;
    if (subscription === undefined) return;
    this.alarmOnLostSlot(visit);
    if (answers && !this.answered) this.forgetDelay();
    this.answered = answers;
    if (this.wantsRestart(visit)) await this.restart(database);
  }

  private wantsRestart({ answers, subscription }: Seen): boolean {
    const nowMs = this.nowMs();
    if (subscription === 'replicating') {
      this.replicatingSinceMs ??= nowMs;
      if (nowMs - this.replicatingSinceMs >= HEALTHY_AFTER_MS) this.forgetDelay();
      return false;
    }
    this.replicatingSinceMs = undefined;
    return subscription === 'down' && answers && nowMs >= this.notBeforeMs;
  }

  private async restart(database: Caller): Promise<void> {
    const { delayMinMs, delayMaxMs, log } = this.options;
    this.restarts += 1;
    const delayMs = Math.min(delayMinMs * 2 ** (this.restarts - 1), delayMaxMs);
    // Looks come an interval apart, some a moment sooner: the one that is meant is not to be missed for it.
    this.notBeforeMs = this.nowMs() + delayMs - delayMinMs / 2;
    log.warn({ peer: this.nodeId, restarts: this.restarts }, 'restarting a subscription');
    await restartSubscription(database, this.nodeId);
  }

  private forgetDelay(): void {
    this.restarts = 0;
    this.notBeforeMs = 0;
  }

  private alarmOnLostSlot({ slotLost }: Seen): void {
    if (!slotLost || this.nowMs() - this.slotAlarmAtMs < ALARM_EVERY_MS) return;
    this.slotAlarmAtMs = this.nowMs();
    this.options.log.error(
      { peer: this.nodeId, alarm: 'slot_lost' },
      'the slot that this node keeps for a peer is lost: the peer needs a new copy of the data',
    );
  }

  private nowMs(): number {
    return this.options.nowMs?.() ?? performance.now();
  }
}
