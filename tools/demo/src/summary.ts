import { formatRows } from '@billing/cluster';
import type { EntryCount } from '@billing/database';
import type { NodeResult } from './comparison.js';
import type { WrongOutcome } from './expected.js';
import { formatLatency } from './latencies.js';
import { formatHundredths, toHundredths } from './minor-units.js';
import { currency } from './opening.js';
import type { Plan } from './plan.js';
import { formatCount, formatSeconds } from './progress.js';
import type { ReplayedPayOut } from './replay.js';

/** What the accounts had at one node, before or after: entries of every type, and their sum. */
export interface Snapshot {
  readonly entries: number;
  readonly amount: bigint;
}

export interface SummaryInput {
  readonly plan: Plan;
  readonly accountsNew: number;
  readonly payOuts: readonly ReplayedPayOut[];
  readonly wrongOutcomes: readonly WrongOutcome[];
  readonly results: readonly NodeResult[];
  /** Node id of each datacenter, in the order of the plan. */
  readonly nodeIds: readonly number[];
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
  const mismatches = describeMismatches(input);
  const rows = [
    [
      'accounts',
      `${formatCount(plan.accounts.length)}: ${formatCount(accountsNew)} opened, ${formatCount(found)} found`,
    ],
    ['pay-ins', `${formatCount(plan.payInCount)} sent`],
    ['pay-outs', describePayOuts(input)],
    ...describeCovers(input).map((line) => ['', line]),
    ['total', `${formatHundredths(plan.total)} ${currency}, by the file alone`],
    ...results.map((result) => [result.datacenterName, describeNode(plan, result)]),
    ['changed', describeChange(input)],
    [
      'time',
      `${formatSeconds(tookMs)}: ${times.map((time) => `${time.step} ${formatSeconds(time.tookMs)}`).join(', ')}`,
    ],
    [
      'mismatches',
      mismatches.length > 0
        ? formatCount(mismatches.length)
        : 'none: every pay-out ended as the file has it, every account is equal at every node',
    ],
  ];
  const rest = mismatches.length - mismatchesShownMax;
  return [
    ...formatRows(rows),
    ...mismatches.slice(0, mismatchesShownMax),
    ...(rest > 0 ? [`  and ${formatCount(rest)} more`] : []),
  ];
}

/** How a pay-out was covered, as far as the datacenters that gave to it tell. */
export function donorsOf(
  { row: { datacenter }, outcome }: ReplayedPayOut,
  nodeIds: readonly number[],
): number {
  if (outcome.kind !== 'paid') return 0;
  return [...outcome.parts.keys()].filter((nodeId) => nodeId !== nodeIds[datacenter]).length;
}

function describePayOuts({ plan, payOuts }: SummaryInput): string {
  const paid = payOuts.filter(({ outcome }) => outcome.kind === 'paid');
  const refused = payOuts.length - paid.length;
  const amount = paid.reduce((sum, payOut) => sum + toHundredths(payOut.row.movement.amount), 0n);
  return (
    `${formatCount(plan.payOutCount)}: ${formatCount(paid.length)} paid, ` +
    `${formatHundredths(amount)} ${currency}; ${formatCount(refused)} refused, ` +
    `${formatCount(plan.refused.size)} by the file alone`
  );
}

/** By where their money came from. */
function describeCovers({ payOuts, nodeIds }: SummaryInput): string[] {
  const paid = payOuts.filter(({ outcome }) => outcome.kind === 'paid');
  const refused = payOuts.filter(({ outcome }) => outcome.kind !== 'paid');
  const rows = nodeIds.map((_, donors) =>
    describeLike(
      donors === 0 ? 'local' : `drained from ${donors}`,
      paid.filter((payOut) => donorsOf(payOut, nodeIds) === donors),
    ),
  );
  return formatRows([...rows, describeLike('refused', refused)], ['left', 'right']);
}

/** Answers that an earlier run had heard already say nothing about how long a pay-out takes. */
function describeLike(what: string, payOuts: readonly ReplayedPayOut[]): string[] {
  const isNew = ({ outcome }: ReplayedPayOut): boolean =>
    outcome.kind === 'refused' || (outcome.kind === 'paid' && !outcome.replayed);
  const timed = payOuts.filter(isNew);
  const earlier = payOuts.length - timed.length;
  return [
    what,
    formatCount(payOuts.length),
    formatLatency(timed.map(({ tookMs }) => tookMs)),
    earlier > 0 ? `${formatCount(earlier)} in an earlier run` : '',
  ];
}

function describeNode(plan: Plan, result: NodeResult): string {
  const { accountsEqual, payIns, ownPayIns, total, ownTotal } = result;
  return [
    `${formatCount(accountsEqual)} of ${formatCount(plan.accounts.length)} accounts equal`,
    `${formatCount(payIns)} pay-ins (${formatCount(ownPayIns)} its own)`,
    `${formatHundredths(total)} ${currency} (${formatHundredths(ownTotal)} its own)`,
  ].join(', ');
}

function describeChange({ before, after, results }: SummaryInput): string {
  const changes = results.flatMap(({ datacenterName }, index) => {
    const entries = after[index]!.entries - before[index]!.entries;
    const amount = after[index]!.amount - before[index]!.amount;
    if (entries === 0 && amount === 0n) return [];
    return [`${datacenterName} +${formatCount(entries)} entries, ${formatHundredths(amount)}`];
  });
  if (changes.length > 0) return changes.join('; ');
  return 'nothing: all of it was there before, and asking again moved nothing twice';
}

function describeMismatches({ results, wrongOutcomes }: SummaryInput): string[] {
  return [
    ...wrongOutcomes.map(
      ({ transactionId, number, what }) =>
        `  czech-${number}, transaction ${transactionId}: ${what}`,
    ),
    ...results
      .flatMap(({ mismatches }) => mismatches)
      .map(
        ({ number, accountId, datacenterName, what }) =>
          `  czech-${number} (account ${accountId}) seen at ${datacenterName}: ${what}`,
      ),
  ];
}
