interface Waiter {
  readonly isDone: () => boolean;
  readonly goOn: () => void;
}

/** Who waits until something is so, which is looked at whenever somebody wakes them. */
export class Waiting {
  private readonly waiters = new Set<Waiter>();

  async until(isDone: () => boolean): Promise<void> {
    if (isDone()) return;
    await new Promise<void>((goOn) => this.waiters.add({ isDone, goOn }));
  }

  wake(): void {
    for (const one of this.waiters) {
      if (!one.isDone()) continue;
      this.waiters.delete(one);
      one.goOn();
    }
  }
}
