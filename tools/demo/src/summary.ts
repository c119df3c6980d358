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
  return [
    row(
      'accounts',
      `${formatCount(plan.accounts.length)}: ${formatCount(accountsNew)} opened, ${formatCount(found)} found`,
    ),
    row('pay-ins', `${formatCount(plan.payInCount)} sent`),
    ...describePayOuts(input),
    row('total', `${formatHundredths(plan.total)} ${currency}, by the file alone`),
    ...results.map((result) => row(result.datacenterName, describeNode(plan, result))),
    row('changed', describeChange(input)),
    row(
      'time',
      `${formatSeconds(tookMs)}: ${times.map((time) => `${time.step} ${formatSeconds(time.tookMs)}`).join(', ')}`,
    ),
    ...describeMismatches(input),
  ];
}

function row(name: string, text: string): string {
  return `${name.padEnd(12)}${text}`.trimEnd();
}

/** How a pay-out was covered, as far as the datacenters that gave to it tell. */
export function donorsOf(
  { row: { datacenter }, outcome }: ReplayedPayOut,
  nodeIds: readonly number[],
): number {
  if (outcome.kind !== 'paid') return 0;
  return [...outcome.parts.keys()].filter((nodeId) => nodeId !== nodeIds[datacenter]).length;
}

function describePayOuts({ plan, payOuts, nodeIds }: SummaryInput): string[] {
  const paid = payOuts.filter(({ outcome }) => outcome.kind === 'paid');
  const refused = payOuts.filter(({ outcome }) => outcome.kind !== 'paid');
  const amount = paid.reduce((sum, payOut) => sum + toHundredths(payOut.row.movement.amount), 0n);
  const lines = [
    row(
      'pay-outs',
      `${formatCount(plan.payOutCount)}: ${formatCount(paid.length)} paid, ` +
        `${formatHundredths(amount)} ${currency}; ${formatCount(refused.length)} refused, ` +
        `${formatCount(plan.refused.size)} by the file alone`,
    ),
  ];
  for (let donors = 0; donors < nodeIds.length; donors += 1) {
    const alike = paid.filter((payOut) => donorsOf(payOut, nodeIds) === donors);
    lines.push(row('', describeLike(donors === 0 ? 'local' : `drained from ${donors}`, alike)));
  }
  return [...lines, row('', describeLike('refused', refused))];
}

/** Answers that an earlier run had heard already say nothing about how long a pay-out takes. */
function describeLike(what: string, payOuts: readonly ReplayedPayOut[]): string {
  const isNew = ({ outcome }: ReplayedPayOut): boolean =>
    outcome.kind === 'refused' || (outcome.kind === 'paid' && !outcome.replayed);
  const timed = payOuts.filter(isNew);
  const earlier = payOuts.length - timed.length;
  const facts = [
    formatLatency(timed.map(({ tookMs }) => tookMs)),
    earlier > 0 ? `${formatCount(earlier)} in an earlier run` : '',
  ];
  const count = `${what.padEnd(15)}${formatCount(payOuts.length).padStart(6)}`;
  return [count, ...facts.filter((fact) => fact !== '')].join('   ');
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
  const all = [
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
  if (all.length === 0) {
    return [
      'mismatches  none: every pay-out ended as the file has it, every account is equal at every node',
    ];
  }
  const rest = all.length - mismatchesShownMax;
  return [
    `mismatches  ${formatCount(all.length)}`,
    ...all.slice(0, mismatchesShownMax),
    ...(rest > 0 ? [`  and ${formatCount(rest)} more`] : []),
  ];
}
