import { setTimeout as sleep } from 'node:timers/promises';
import { DemoError } from './demo.errors.js';
import { isOutage } from './ledger-view.js';
import type { Site } from './site.js';

const pollMinMs = 30;
/** A node spends at most this share of its time on answering. */
const pollShareMax = 0.25;
/** Nothing is applied for so long while somebody waits: it is not coming. */
const standstillMaxMs = 90_000;

interface Waiter {
  readonly accountId: string;
  readonly needed: readonly number[];
  readonly resolve: () => void;
}

/** What the watch needs of a site. */
export type WatchedSite = Pick<Site, 'datacenter' | 'ledger' | 'trouble'>;

/**
 * Knows how many pay-ins of each account each datacenter has credited, and tells those who wait for
 * some. All who wait at a datacenter are asked for in one query; nobody waits, nobody asks.
 */
export class AppliedPayIns {
  private readonly counts = new Map<string, number[]>();
  private readonly waiters = new Set<Waiter>();
  private lastNewsMs = 0;

  constructor(private readonly sites: readonly WatchedSite[]) {}

  /** Per datacenter, as last seen. */
  countsOf(accountId: string): readonly number[] {
    return this.counts.get(accountId) ?? this.sites.map(() => 0);
  }

  /** Resolves when every datacenter has credited at least so many of the account's pay-ins. */
  async until(accountId: string, needed: readonly number[]): Promise<void> {
    if (this.reaches(accountId, needed)) return;
    if (this.waiters.size === 0) this.lastNewsMs = performance.now();
    await new Promise<void>((resolve) => this.waiters.add({ accountId, needed, resolve }));
  }

  /** Asks for whoever waits, until the end. @throws DemoError GAVE_UP at a standstill */
  async watch(isEnded: () => boolean): Promise<void> {
    await Promise.all(this.sites.map((_, index) => this.watchSite(index, isEnded)));
  }

  /** Looks once at all these accounts. @throws DatabaseError */
  async look(index: number, accountIds: readonly string[]): Promise<void> {
    const { datacenter, ledger } = this.sites[index]!;
    for (const { accountId, nodeId, entries } of await ledger.countPayIns(accountIds)) {
      if (nodeId === datacenter.nodeId) this.learn(String(accountId), index, entries);
    }
  }

  private async watchSite(index: number, isEnded: () => boolean): Promise<void> {
    const { trouble } = this.sites[index]!;
    while (!isEnded()) {
      const startedMs = performance.now();
      const accountIds = this.missingAt(index);
      if (accountIds.length > 0) {
        try {
          await this.look(index, accountIds);
          trouble.isOver();
        } catch (error) {
          if (!isOutage(error)) throw error;
          trouble.tell('its PostgreSQL does not answer');
        }
        this.release();
        this.assertMoving();
      }
      const tookMs = performance.now() - startedMs;
      await sleep(Math.max(pollMinMs, tookMs * (1 / pollShareMax - 1)));
    }
  }

  private missingAt(index: number): string[] {
    const missing = new Set<string>();
    for (const { accountId, needed } of this.waiters) {
      if (this.countsOf(accountId)[index]! < needed[index]!) missing.add(accountId);
    }
    return [...missing];
  }

  private learn(accountId: string, index: number, entries: number): void {
    const known = this.counts.get(accountId) ?? this.sites.map(() => 0);
    if (known[index] !== entries) this.lastNewsMs = performance.now();
    known[index] = entries;
    this.counts.set(accountId, known);
  }

  private release(): void {
    for (const waiter of this.waiters) {
      if (!this.reaches(waiter.accountId, waiter.needed)) continue;
      this.waiters.delete(waiter);
      waiter.resolve();
    }
  }

  private reaches(accountId: string, needed: readonly number[]): boolean {
    const counts = this.countsOf(accountId);
    return needed.every((count, index) => counts[index]! >= count);
  }

  private assertMoving(): void {
    if (this.waiters.size === 0) return;
    if (performance.now() - this.lastNewsMs < standstillMaxMs) return;
    const [{ accountId, needed }] = this.waiters as unknown as [Waiter];
    throw new DemoError(
      'GAVE_UP',
      `no pay-in was credited for ${standstillMaxMs / 1_000} s, ${this.waiters.size} accounts wait: ` +
        `account ${accountId} for ${needed.join('+')}, has ${this.countsOf(accountId).join('+')}`,
    );
  }
}
