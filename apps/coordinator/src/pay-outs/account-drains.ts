/**
 * Accounts that are drained by this coordinator now: at most one drain each, and those that wait for
 * its end. Waiting requests go again in their order of arrival.
 */
export class AccountDrains {
  private readonly waiting = new Map<string, (() => void)[]>();
  private isStopping = false;

  has(accountId: string): boolean {
    return this.waiting.has(accountId);
  }

  begin(accountId: string): void {
    if (!this.waiting.has(accountId)) this.waiting.set(accountId, []);
  }

  end(accountId: string): void {
    const waiting = this.waiting.get(accountId) ?? [];
    this.waiting.delete(accountId);
    for (const goOn of waiting) goOn();
  }

  /**
   * Until the drain of the account has ended, at once if there is none.
   * @returns false: the deadline came first, or nobody is to wait any more
   */
  ended(accountId: string, deadlineMs: number): Promise<boolean> {
    const waiting = this.waiting.get(accountId);
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
    for (const waiting of this.waiting.values()) {
      for (const goOn of waiting.splice(0)) goOn();
    }
  }
}
