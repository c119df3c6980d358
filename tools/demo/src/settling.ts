import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryCount } from '@billing/database';
import { DemoError } from './demo.errors.js';
import type { ExpectedAccount } from './expected.js';
import { isOutage, type SeenEntries } from './ledger-view.js';
import { formatHundredths } from './minor-units.js';
import { formatCount, type Progress } from './progress.js';
import type { Site } from './site.js';

const pollEveryMs = 300;
/** Nothing moves for so long: what is missing is not coming. */
const standstillMaxMs = 90_000;
/** The same, when every message has been consumed and every node answers. */
const standstillWhenConsumedMaxMs = 20_000;

/** What one node was last seen to have. */
interface NodeState {
  /** Parts of accounts that are as they must be. */
  equalParts: number;
  /** Some account has more pay-ins than it must: waiting does not take that away. */
  isBeyond: boolean;
  /** Messages not consumed; undefined: not known. */
  waiting: number | undefined;
  parked: number;
}

/**
 * Waits until every message is consumed where it was sent and every entry is known at every node.
 * @returns what is still missing, in words; nothing when all is there
 */
export async function waitUntilSettled(
  accounts: readonly ExpectedAccount[],
  sites: readonly Site[],
  progress: Progress,
): Promise<string[]> {
  const logEnds = await Promise.all(sites.map(({ upstream }) => upstream.logEnds()));
  const states = sites.map((): NodeState => ({
    equalParts: 0,
    isBeyond: false,
    waiting: undefined,
    parked: 0,
  }));
  const partsExpected = accounts.length * sites.length;
  const patience = new Patience();
  for (;;) {
    await Promise.all(
      sites.map((site, index) => look(accounts, sites, site, logEnds[index]!, states[index]!)),
    );
    progress.set(states.reduce((sum, { equalParts }) => sum + equalParts, 0));
    const isConsumed = states.every(({ waiting }) => waiting === 0);
    const isAtRest = isConsumed && states.every(({ parked }) => parked === 0);
    if (isConsumed && states.every(({ equalParts }) => equalParts === partsExpected)) return [];
    const isHopeless = isConsumed && states.every(({ isBeyond }) => isBeyond);
    if (isHopeless || patience.isOver(JSON.stringify(states), isAtRest)) {
      return describeMissing(sites, states, partsExpected);
    }
    await sleep(pollEveryMs);
  }
}

/**
 * Waits until what an earlier run may have left in the logs is consumed: from then on the entries tell
 * how far it had come. @throws DemoError GAVE_UP at a standstill
 */
export async function waitUntilConsumed(
  accountIds: readonly string[],
  sites: readonly Site[],
): Promise<void> {
  const own = new Set(accountIds);
  await Promise.all(
    sites.map(async ({ upstream, ledger, datacenter }) => {
      const logEnds = await upstream.logEnds();
      const patience = new Patience();
      for (;;) {
        const waiting = await ledger.surely('reading offsets', async () => {
          return (await ledger.countWaiting(logEnds)) + (await ledger.countParkedOf(own));
        });
        if (waiting === 0) return;
        if (patience.isOver(String(waiting), false)) {
          throw new DemoError(
            'GAVE_UP',
            `${datacenter.name}: ${formatCount(waiting)} earlier messages are not consumed`,
          );
        }
        await sleep(pollEveryMs);
      }
    }),
  );
}

class Patience {
  private lastNews = '';
  private lastNewsMs = performance.now();

  /** @param news differs whenever anything has moved */
  isOver(news: string, isAtRest: boolean): boolean {
    const now = performance.now();
    if (news !== this.lastNews) {
      this.lastNews = news;
      this.lastNewsMs = now;
    }
    return now - this.lastNewsMs > (isAtRest ? standstillWhenConsumedMaxMs : standstillMaxMs);
  }
}

/** Looks at one node. One that does not answer keeps the state it had. */
async function look(
  accounts: readonly ExpectedAccount[],
  sites: readonly Site[],
  { ledger, trouble }: Site,
  logEnds: ReadonlyMap<number, bigint>,
  state: NodeState,
): Promise<void> {
  try {
    // First what is consumed: an entry that is counted after it cannot have been missed.
    state.waiting = await ledger.countWaiting(logEnds);
    state.parked = await ledger.countParked();
    const differences = compareEntries(accounts, sites, await ledger.readEntries(idsOf(accounts)));
    const unequal = new Set(differences.map(({ account, index }) => `${account.number}/${index}`));
    state.equalParts = accounts.length * sites.length - unequal.size;
    state.isBeyond = differences.some(({ isBeyond }) => isBeyond);
    trouble.isOver();
  } catch (error) {
    if (!isOutage(error)) throw error;
    state.waiting = undefined;
    trouble.tell('its PostgreSQL does not answer');
  }
}

export function idsOf(accounts: readonly ExpectedAccount[]): string[] {
  return accounts.map(({ accountId }) => accountId);
}

export interface EntryDifference {
  readonly account: ExpectedAccount;
  /** Of the datacenter that wrote the entries. */
  readonly index: number;
  readonly what: string;
  readonly isBeyond: boolean;
}

/** Accounts whose entries are not those of the file. */
export function compareEntries(
  accounts: readonly ExpectedAccount[],
  sites: readonly Pick<Site, 'datacenter'>[],
  { payIns, all }: SeenEntries,
): EntryDifference[] {
  const index = (counts: readonly EntryCount[]): Map<string, EntryCount> =>
    new Map(counts.map((count) => [`${count.accountId}/${count.nodeId}`, count]));
  const seenPayIns = index(payIns);
  const seenAll = index(all);
  return accounts.flatMap((account) =>
    sites.flatMap(({ datacenter: { name, nodeId } }, at): EntryDifference[] => {
      const key = `${account.accountId}/${nodeId}`;
      const differences: EntryDifference[] = [];
      const add = (what: string, isBeyond: boolean): void =>
        void differences.push({ account, index: at, what, isBeyond });
      const credited = seenPayIns.get(key)?.entries ?? 0;
      const expected = account.payIns[at]!;
      if (credited !== expected) {
        add(`${credited} pay-ins credited at ${name} instead of ${expected}`, credited > expected);
      }
      const sum = seenAll.get(key)?.amountMinor ?? 0n;
      const part = account.parts[at]!;
      if (sum !== part) {
        const [found, wanted] = [sum, part].map(formatHundredths);
        add(`entries of ${name} add up to ${found} instead of ${wanted}`, false);
      }
      return differences;
    }),
  );
}

function describeMissing(
  sites: readonly Site[],
  states: readonly NodeState[],
  expected: number,
): string[] {
  return states.flatMap(({ equalParts, waiting, parked }, index) => {
    const { name } = sites[index]!.datacenter;
    const missing: string[] = [];
    if (equalParts !== expected) {
      missing.push(
        `${formatCount(equalParts)} of ${formatCount(expected)} parts are as they must be`,
      );
    }
    if (waiting === undefined) missing.push('its PostgreSQL does not answer');
    else if (waiting > 0) missing.push(`${formatCount(waiting)} messages are not consumed`);
    if (parked > 0) missing.push(`${formatCount(parked)} pay-ins are parked`);
    return missing.map((what) => `${name}: ${what}`);
  });
}
