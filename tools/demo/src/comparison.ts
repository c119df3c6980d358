import type { EntryCount } from '@billing/database';
import type { SeenBalance } from './gateway.client.js';
import { formatHundredths } from './minor-units.js';
import type { Plan, PlannedAccount } from './plan.js';
import type { Progress } from './progress.js';
import { forEachLimited } from './retry.js';
import { compareEntries } from './settling.js';
import type { Site } from './site.js';

const concurrencyPerSite = 4;

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
  readonly ownEntries: number;
  readonly entries: number;
  readonly total: bigint;
  readonly mismatches: readonly Mismatch[];
}

/** Every account at every node: the balances that its gateway tells, and the entries in its database. */
export function compareAll(
  plan: Plan,
  ids: ReadonlyMap<string, string>,
  sites: readonly Site[],
  progress: Progress,
): Promise<NodeResult[]> {
  let read = 0;
  return Promise.all(
    sites.map(async (site) => {
      const balances = new Map<string, SeenBalance>();
      await forEachLimited(plan.accounts, concurrencyPerSite, async ({ number }) => {
        balances.set(number, await site.gateway.readBalance(ids.get(number)!));
        progress.set((read += 1));
      });
      const counts = await site.ledger.countEntriesSurely([...ids.values()]);
      return judgeNode({ plan, ids, sites, site, balances, counts });
    }),
  );
}

export interface NodeFindings {
  readonly plan: Plan;
  readonly ids: ReadonlyMap<string, string>;
  readonly sites: readonly Pick<Site, 'datacenter'>[];
  readonly site: Pick<Site, 'datacenter'>;
  readonly balances: ReadonlyMap<string, SeenBalance>;
  readonly counts: readonly EntryCount[];
}

export function judgeNode(findings: NodeFindings): NodeResult {
  const { plan, ids, sites, site, balances, counts } = findings;
  const { name, nodeId } = site.datacenter;
  const mismatches: Mismatch[] = [];
  const add = (number: string, what: string): void => {
    mismatches.push({ number, accountId: ids.get(number)!, datacenterName: name, what });
  };
  let total = 0n;
  for (const account of plan.accounts) {
    const balance = balances.get(account.number)!;
    total += balance.total;
    for (const fault of compareBalance(account, balance, sites)) add(account.number, fault);
  }
  for (const difference of compareEntries(plan, ids, sites, counts)) {
    const { number, datacenterName, seen, expected } = difference;
    add(number, `${seen} pay-ins credited at ${datacenterName} instead of ${expected}`);
  }
  const unequal = new Set(mismatches.map(({ number }) => number));
  const sumEntries = (of: readonly EntryCount[]): number =>
    of.reduce((sum, { entries }) => sum + entries, 0);
  return {
    datacenterName: name,
    accountsEqual: plan.accounts.length - unequal.size,
    ownEntries: sumEntries(counts.filter((count) => count.nodeId === nodeId)),
    entries: sumEntries(counts),
    total,
    mismatches,
  };
}

function compareBalance(
  account: PlannedAccount,
  seen: SeenBalance,
  sites: readonly Pick<Site, 'datacenter'>[],
): string[] {
  const faults: string[] = [];
  const check = (what: string, found: bigint, expected: bigint): void => {
    if (found === expected) return;
    faults.push(`${what} is ${formatHundredths(found)} instead of ${formatHundredths(expected)}`);
  };
  const { expectedParts } = account;
  check(
    'total',
    seen.total,
    expectedParts.reduce((sum, part) => sum + part, 0n),
  );
  for (const [index, { datacenter }] of sites.entries()) {
    const found = seen.parts.get(datacenter.nodeId) ?? 0n;
    check(`part of ${datacenter.name}`, found, expectedParts[index]!);
  }
  return faults;
}
