import type { EntryCount } from '@billing/database';
import type { NodeResult } from './comparison.js';
import { formatHundredths } from './minor-units.js';
import { currency } from './opening.js';
import type { Plan } from './plan.js';
import { formatCount, formatSeconds } from './progress.js';

/** What the accounts had at one node, before or after: pay-ins credited, and their sum. */
export interface Snapshot {
  readonly entries: number;
  readonly amount: bigint;
}

export interface SummaryInput {
  readonly plan: Plan;
  readonly accountsNew: number;
  readonly results: readonly NodeResult[];
  /** Of each node, in the order of `results`. */
  readonly before: readonly Snapshot[];
  readonly after: readonly Snapshot[];
  readonly times: readonly { readonly step: string; readonly tookMs: number }[];
}

const mismatchesShownMax = 20;

export function takeSnapshot(counts: readonly EntryCount[]): Snapshot {
  return {
    entries: counts.reduce((sum, { entries }) => sum + entries, 0),
    amount: counts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
  };
}

export function describeSummary(input: SummaryInput): string[] {
  const { plan, results, accountsNew, times } = input;
  const found = plan.accounts.length - accountsNew;
  const tookMs = times.reduce((sum, time) => sum + time.tookMs, 0);
  const row = (name: string, text: string): string => `${name.padEnd(12)}${text}`;
  return [
    row(
      'accounts',
      `${formatCount(plan.accounts.length)}: ${formatCount(accountsNew)} opened, ${formatCount(found)} found`,
    ),
    row(
      'pay-ins',
      `${formatCount(plan.payIns.length)} sent; ${formatCount(plan.payOutsLeftOut)} pay_out rows left out`,
    ),
    row('total', `${formatHundredths(plan.totalExpected)} ${currency}, by the file alone`),
    ...results.map((result) => row(result.datacenterName, describeNode(plan, result))),
    row('changed', describeChange(input)),
    row(
      'time',
      `${formatSeconds(tookMs)}: ${times.map((time) => `${time.step} ${formatSeconds(time.tookMs)}`).join(', ')}`,
    ),
    ...describeMismatches(results),
  ];
}

function describeNode(plan: Plan, result: NodeResult): string {
  const { accountsEqual, entries, ownEntries, total } = result;
  return [
    `${formatCount(accountsEqual)} of ${formatCount(plan.accounts.length)} accounts equal`,
    `${formatCount(entries)} pay-ins (${formatCount(ownEntries)} its own)`,
    `${formatHundredths(total)} ${currency}`,
  ].join(', ');
}

function describeChange({ before, after, results }: SummaryInput): string {
  const changes = results.flatMap(({ datacenterName }, index) => {
    const entries = after[index]!.entries - before[index]!.entries;
    const amount = after[index]!.amount - before[index]!.amount;
    if (entries === 0 && amount === 0n) return [];
    return [`${datacenterName} +${formatCount(entries)} pay-ins, +${formatHundredths(amount)}`];
  });
  if (changes.length > 0) return changes.join('; ');
  return 'nothing: all of it was credited before, and sending it again credited none of it twice';
}

function describeMismatches(results: readonly NodeResult[]): string[] {
  const all = results.flatMap(({ mismatches }) => mismatches);
  if (all.length === 0) return ['mismatches  none: every account is equal at every node'];
  const shown = all
    .slice(0, mismatchesShownMax)
    .map(
      ({ number, accountId, datacenterName, what }) =>
        `  czech-${number} (account ${accountId}) seen at ${datacenterName}: ${what}`,
    );
  const rest = all.length - shown.length;
  return [
    `mismatches  ${formatCount(all.length)}`,
    ...shown,
    ...(rest > 0 ? [`  and ${formatCount(rest)} more`] : []),
  ];
}
