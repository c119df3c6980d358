/** Offsets [from, to) of a partition in which the broker has shown nothing for a handler. */
export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Stretches without a message for a handler (transaction markers, aborted transactions), the last of each
 * partition. kafkajs passes over them by itself, so the batch behind one would else begin in a gap, and
 * nobody would store where one ends.
 */
export class PassedOver {
  private readonly stretches = new Map<string, Stretch>();

  note(key: string, { from, to }: Stretch): void {
    const before = this.stretches.get(key);
    this.stretches.set(key, { from: before?.to === from ? before.from : from, to });
  }

  of(key: string): Stretch | undefined {
    return this.stretches.get(key);
  }

  /** Where a batch that was asked for at that offset begins. */
  beginningOf(key: string, fetchedOffset: bigint): bigint {
    const before = this.stretches.get(key);
    return before?.to === fetchedOffset ? before.from : fetchedOffset;
  }

  /** The partition is read from elsewhere. */
  forget(key: string): void {
    this.stretches.delete(key);
  }
}
