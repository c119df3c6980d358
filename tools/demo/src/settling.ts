import { setTimeout as sleep } from 'node:timers/promises';
import type { EntryCount } from '@billing/database';
import { isOutage } from './ledger-view.js';
import type { Plan } from './plan.js';
import { formatCount, type Progress } from './progress.js';
import type { Site } from './site.js';

const pollEveryMs = 400;
/** Nothing moves for so long: what is missing is not coming. */
const standstillMaxMs = 90_000;
/** The same, when every message has been consumed and every node answers. */
const standstillWhenConsumedMaxMs = 20_000;

/** What one node was last seen to have. */
interface NodeState {
  entries: number;
  /** Every account has exactly the entries that it must have. */
  isComplete: boolean;
  /** Some account has more: waiting does not take that away. */
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
  plan: Plan,
  ids: ReadonlyMap<string, string>,
  sites: readonly Site[],
  progress: Progress,
): Promise<string[]> {
  const logEnds = await Promise.all(sites.map(({ upstream }) => upstream.logEnds()));
  const accountIds = [...ids.values()];
  const states = sites.map((): NodeState => ({
    entries: 0,
    isComplete: false,
    isBeyond: false,
    waiting: undefined,
    parked: 0,
  }));
  let lastNews = '';
  let lastNewsMs = performance.now();
  for (;;) {
    await Promise.all(
      sites.map(async (site, index) => {
        await look(plan, ids, accountIds, sites, site, logEnds[index]!, states[index]!);
      }),
    );
    progress.set(states.reduce((sum, { entries }) => sum + entries, 0));
    const isConsumed = states.every(({ waiting }) => waiting === 0);
    if (isConsumed && states.every(({ isComplete }) => isComplete)) return [];
    if (isConsumed && states.every(({ isBeyond }) => isBeyond)) {
      return describeMissing(sites, states, plan.payIns.length);
    }

    const news = JSON.stringify(states);
    if (news !== lastNews) {
      lastNews = news;
      lastNewsMs = performance.now();
    }
    const isAtRest = isConsumed && states.every(({ parked }) => parked === 0);
    const patienceMs = isAtRest ? standstillWhenConsumedMaxMs : standstillMaxMs;
    if (performance.now() - lastNewsMs > patienceMs) {
      return describeMissing(sites, states, plan.payIns.length);
    }
    await sleep(pollEveryMs);
  }
}

/** Looks at one node. One that does not answer keeps the state it had. */
async function look(
  plan: Plan,
  ids: ReadonlyMap<string, string>,
  accountIds: readonly string[],
  sites: readonly Site[],
  { ledger, trouble }: Site,
  logEnds: ReadonlyMap<number, bigint>,
  state: NodeState,
): Promise<void> {
  try {
    // First what is consumed: an entry that is counted after it cannot have been missed.
    state.waiting = await ledger.countWaiting(logEnds);
    state.parked = await ledger.countParked();
    const counts = await ledger.countEntries(accountIds);
    state.entries = counts.reduce((sum, { entries }) => sum + entries, 0);
    const differences = compareEntries(plan, ids, sites, counts);
    state.isComplete = differences.length === 0;
    state.isBeyond = differences.some(({ seen, expected }) => seen > expected);
    trouble.isOver();
  } catch (error) {
    if (!isOutage(error)) throw error;
    state.waiting = undefined;
    trouble.tell('its PostgreSQL does not answer');
  }
}

export interface EntryDifference {
  readonly number: string;
  readonly datacenterName: string;
  readonly seen: number;
  readonly expected: number;
}

/** Accounts whose number of credited pay-ins is not that of the file. */
export function compareEntries(
  plan: Plan,
  ids: ReadonlyMap<string, string>,
  sites: readonly Pick<Site, 'datacenter'>[],
  counts: readonly EntryCount[],
): EntryDifference[] {
  const seen = new Map(
    counts.map(({ accountId, nodeId, entries }) => [`${accountId}/${nodeId}`, entries]),
  );
  return plan.accounts.flatMap(({ number, expectedEntries }) =>
    sites.flatMap(({ datacenter }, index) => {
      const found = seen.get(`${ids.get(number)}/${datacenter.nodeId}`) ?? 0;
      const expected = expectedEntries[index]!;
      if (found === expected) return [];
      return [{ number, datacenterName: datacenter.name, seen: found, expected }];
    }),
  );
}

function describeMissing(
  sites: readonly Site[],
  states: readonly NodeState[],
  expected: number,
): string[] {
  return states.flatMap(({ entries, waiting, parked }, index) => {
    const { name } = sites[index]!.datacenter;
    const faults: string[] = [];
    if (entries !== expected) {
      faults.push(`${formatCount(entries)} of ${formatCount(expected)} pay-ins are credited`);
    }
    if (waiting === undefined) faults.push('its PostgreSQL does not answer');
    else if (waiting > 0) faults.push(`${formatCount(waiting)} messages are not consumed`);
    if (parked > 0) faults.push(`${formatCount(parked)} pay-ins are parked`);
    return faults.map((fault) => `${name}: ${fault}`);
  });
}
