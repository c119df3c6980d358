import type { ConsumerOffset, PartitionClaim } from '@billing/database';
import type { KafkaBatchServer } from '@billing/kafka';
import type { Log } from '@billing/observability';
import type { PartitionClaims } from './partition-claims.js';

export interface OffsetWatcherOptions {
  readonly server: Pick<KafkaBatchServer, 'owns' | 'resume'>;
  readonly claims: PartitionClaims;
  readonly topic: string;
  readonly workerId: string;
  readonly log: Log;
}

/**
 * Looks at the stored offsets, for what no message tells: that an operator has accepted an offset. Nothing
 * may ever arrive behind the place where the worker stands, and a partition on hold is not read at all.
 * Alarms on partitions that are on hold because the broker's log and the stored offset disagree.
 */
export class OffsetWatcher {
  /** Partitions on hold, and the epoch of the claim that found them so. */
  private readonly halted = new Map<number, bigint>();

  constructor(private readonly options: OffsetWatcherOptions) {}

  add(partition: number, claim: PartitionClaim): void {
    const { topic, log } = this.options;
    if (claim.haltReason === undefined) return;
    if (!this.halted.has(partition)) {
      log.error(
        { partition, reason: claim.haltReason, detail: claim.haltDetail },
        `partition ${partition} of ${topic} is halted: look into it, then run ` +
          `"billing offsets accept --topic ${topic} --partition ${partition} --offset N"`,
      );
    }
    this.halted.set(partition, claim.epoch);
  }

  /** @param offsets as stored, of any topic. @throws DatabaseError */
  async look(offsets: readonly ConsumerOffset[]): Promise<void> {
    const { claims, server, topic } = this.options;
    const stored = offsets.filter((offset) => offset.topic === topic);
    for (const offset of stored) {
      if (!server.owns(topic, offset.partition)) continue;
      if (claims.isUnmade(offset.partition)) void claims.assign([offset.partition]);
      else if (await this.isAccepted(offset)) this.goOn(offset);
    }
    // Claimed by another worker since, and let go on there: should it come back, it is not on hold.
    for (const { partition, haltReason, epoch } of stored) {
      const haltedAt = this.halted.get(partition);
      if (haltReason !== undefined || haltedAt === undefined || epoch <= haltedAt) continue;
      this.halted.delete(partition);
      server.resume(topic, partition);
    }
  }

  /** While this worker is the stored holder, only an operator's word raises the epoch above its claim's. */
  private async isAccepted({ partition, epoch, workerId }: ConsumerOffset): Promise<boolean> {
    const claim = await this.options.claims.peek(partition);
    return claim !== undefined && workerId === this.options.workerId && epoch > claim.epoch;
  }

  private goOn({ partition, nextOffset }: ConsumerOffset): void {
    const { claims, log, server, topic } = this.options;
    log.info(
      { partition, nextOffset: nextOffset.toString() },
      'an operator has accepted an offset; the partition goes on there',
    );
    this.halted.delete(partition);
    void claims.assign([partition]).then(() => server.resume(topic, partition));
  }
}
