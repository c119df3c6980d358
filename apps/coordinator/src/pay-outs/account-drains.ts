interface Drained {
  /** Drains that were begun and have not ended. */
  count: number;
  readonly waiting: (() => void)[];
}

/**
 * Accounts that are drained by this coordinator now, and those that wait until the drains of one, begun
 * in one call, have all ended. Waiting requests go again in their order of arrival.
 */
export class AccountDrains {
  private readonly accounts = new Map<string, Drained>();
  private isStopping = false;

  has(accountId: string): boolean {
    return this.accounts.has(accountId);
  }

  begin(accountId: string): void {
    const drained = this.accounts.get(accountId);
    if (drained === undefined) this.accounts.set(accountId, { count: 1, waiting: [] });
    else drained.count += 1;
  }

  end(accountId: string): void {
    const drained = this.accounts.get(accountId);
    if (drained === undefined) return;
    drained.count -= 1;
    if (drained.count > 0) return;
    this.accounts.delete(accountId);
    for (const goOn of drained.waiting) goOn();
  }

  /**
   * Until the drains of the account have ended, at once if there are none.
   * @returns false: the deadline came first, or nobody is to wait any more
   */
  ended(accountId: string, deadlineMs: number): Promise<boolean> {
    const waiting = this.accounts.get(accountId)?.waiting;
    if (waiting === undefined) return Promise.resolve(true);
    if (this.isStopping) return Promise.resolve(false);
    return new Promise((resolve) => {
      const late = setTimeout(
        () => {
          waiting.splice(waiting.indexOf(goOn), 1);
          resolve(false);
        },
        Math.max(0, deadlineMs - performance.now()),
      );
      const goOn = (): void => {
        clearTimeout(late);
        resolve(!this.isStopping);
      };
      waiting.push(goOn);
    });
  }

  /** Nobody waits any more: whoever does has begun nothing. */
  stop(): void {
    this.isStopping = true;
    for (const { waiting } of this.accounts.values()) {
      for (const goOn of waiting.splice(0)) goOn();
    }
  }
}
