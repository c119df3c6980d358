import { listConsumerOffsets, type Database, type PartitionClaim } from '@billing/database';
import type { Log } from '@billing/observability';

/**
 * Knows the partitions on hold because the broker's log and the stored offset disagree, alarms on
 * them, and lets them go on once an operator has accepted an offset.
 */
export class HaltWatcher {
  private readonly halted = new Set<number>();

  constructor(
    private readonly database: Database,
    private readonly topic: string,
    private readonly resume: (partition: number) => void,
    private readonly log: Log,
  ) {}

  add(partition: number, claim: PartitionClaim): void {
    if (claim.haltReason === undefined) return;
    if (!this.halted.has(partition)) {
      this.log.error(
        { partition, reason: claim.haltReason, detail: claim.haltDetail },
        `partition ${partition} of ${this.topic} is halted: look into it, then run ` +
          `"billing offsets accept --partition ${partition} --offset N"`,
      );
    }
    this.halted.add(partition);
  }

  /** One look at what operators have said. @throws DatabaseError */
  async look(): Promise<void> {
    if (this.halted.size === 0) return;
    for (const offset of await listConsumerOffsets(this.database, this.topic)) {
      if (offset.haltReason !== undefined || !this.halted.delete(offset.partition)) continue;
      this.log.info(
        { partition: offset.partition, nextOffset: offset.nextOffset.toString() },
        'an operator has accepted an offset; the partition goes on',
      );
      this.resume(offset.partition);
    }
  }
}
