import { setTimeout as sleep } from 'node:timers/promises';
import type { ExpectedAccount } from './expected.js';
import type { SeenBalance } from './site-gateway.js';
import { formatHundredths } from './minor-units.js';
import type { Progress } from './progress.js';
import { forEachLimited } from './retry.js';
import type { SeenEntries } from './ledger-view.js';
import { compareEntries, idsOf } from './settling.js';
import type { Site } from './site.js';

const concurrencyPerSite = 4;
/** Reservations are closed behind the answer; the last ones of a run may still be under way. */
const reservedWaitMaxMs = 20_000;
const reservedPollMs = 250;

/** One account that one node sees otherwise than the file has it. */
export interface Mismatch {
  readonly number: string;
  readonly accountId: string;
  readonly datacenterName: string;
  readonly what: string;
}

/** What one node sees of all accounts. */
export interface NodeResult {
  readonly datacenterName: string;
  readonly accountsEqual: number;
  readonly payIns: number;
  readonly ownPayIns: number;
  readonly total: bigint;
  /** Sum of the parts that this node owns. */
  readonly ownTotal: bigint;
  readonly mismatches: readonly Mismatch[];
}

/** Every account at every node: the balances that its gateway tells, and the entries in its database. */
export function compareAll(
  accounts: readonly ExpectedAccount[],
  sites: readonly Site[],
  progress: Progress,
): Promise<NodeResult[]> {
  let read = 0;
  return Promise.all(
    sites.map(async (site) => {
      const balances = new Map<string, SeenBalance>();
      const end = performance.now() + reservedWaitMaxMs;
      await forEachLimited(accounts, concurrencyPerSite, async ({ number, accountId }) => {
        let balance = await site.gateway.readBalance(accountId);
        while (balance.reserved !== 0n && performance.now() < end) {
          await sleep(reservedPollMs);
          balance = await site.gateway.readBalance(accountId);
        }
        balances.set(number, balance);
        progress.set((read += 1));
      });
      const entries = await site.ledger.readEntriesSurely(idsOf(accounts));
      return judgeNode({ accounts, sites, site, balances, entries });
    }),
  );
}

export interface NodeFindings {
  readonly accounts: readonly ExpectedAccount[];
  readonly sites: readonly Pick<Site, 'datacenter'>[];
  readonly site: Pick<Site, 'datacenter'>;
  readonly balances: ReadonlyMap<string, SeenBalance>;
  readonly entries: SeenEntries;
}

export function judgeNode({ accounts, sites, site, balances, entries }: NodeFindings): NodeResult {
  const { name: datacenterName, nodeId } = site.datacenter;
  const mismatches: Mismatch[] = [];
  const add = ({ number, accountId }: ExpectedAccount, what: string): void => {
    mismatches.push({ number, accountId, datacenterName, what });
  };
  let total = 0n;
  let ownTotal = 0n;
  for (const account of accounts) {
    const balance = balances.get(account.number)!;
    total += balance.total;
    ownTotal += balance.parts.get(nodeId) ?? 0n;
    for (const difference of compareBalance(account, balance, sites)) add(account, difference);
  }
  for (const { account, what } of compareEntries(accounts, sites, entries)) add(account, what);
  const unequal = new Set(mismatches.map(({ number }) => number));
  const own = entries.payIns.filter((count) => count.nodeId === nodeId);
  return {
    datacenterName,
    accountsEqual: accounts.length - unequal.size,
    payIns: entries.payIns.reduce((sum, count) => sum + count.entries, 0),
    ownPayIns: own.reduce((sum, count) => sum + count.entries, 0),
    total,
    ownTotal,
    mismatches,
  };
}

function compareBalance(
  account: ExpectedAccount,
  seen: SeenBalance,
  sites: readonly Pick<Site, 'datacenter'>[],
): string[] {
  const differences: string[] = [];
  const check = (what: string, found: bigint, expected: bigint): void => {
    if (found === expected) return;
    differences.push(
      `${what} is ${formatHundredths(found)} instead of ${formatHundredths(expected)}`,
    );
  };
  check('total', seen.total, account.total);
  for (const [index, { datacenter }] of sites.entries()) {
    const found = seen.parts.get(datacenter.nodeId) ?? 0n;
    check(`part of ${datacenter.name}`, found, account.parts[index]!);
  }
  check('reserved', seen.reserved, 0n);
  return differences;
}
