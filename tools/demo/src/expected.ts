import { formatHundredths, toHundredths } from './minor-units.js';
import type { Plan } from './plan.js';
import type { ReplayedPayOut } from './replay.js';
import type { Site } from './site.js';

/** How an account must stand at the end, at every node. Lists are per datacenter. */
export interface ExpectedAccount {
  readonly number: string;
  readonly accountId: string;
  /** By the model, from the file alone. */
  readonly total: bigint;
  /** What was paid in there, less what the answers say was taken from there. */
  readonly parts: readonly bigint[];
  readonly payIns: readonly number[];
}

export function expectAccounts(
  plan: Plan,
  ids: ReadonlyMap<string, string>,
  payOuts: readonly ReplayedPayOut[],
  sites: readonly Pick<Site, 'datacenter'>[],
): ExpectedAccount[] {
  const given = new Map<string, bigint[]>();
  for (const { row, outcome } of payOuts) {
    if (outcome.kind !== 'paid') continue;
    const { account } = row.movement;
    const sums = given.get(account) ?? sites.map(() => 0n);
    for (const [index, { datacenter }] of sites.entries()) {
      sums[index]! += outcome.parts.get(datacenter.nodeId) ?? 0n;
    }
    given.set(account, sums);
  }
  return plan.accounts.map(({ number, total, paidIn, payIns }) => ({
    number,
    accountId: ids.get(number)!,
    total,
    parts: paidIn.map((sum, index) => sum - (given.get(number)?.[index] ?? 0n)),
    payIns,
  }));
}

/** A pay-out that ended otherwise than the model has it. */
export interface WrongOutcome {
  readonly transactionId: string;
  readonly number: string;
  readonly what: string;
}

/** What pay-outs came to, against the model and against their own amounts. */
export function judgeOutcomes(plan: Plan, payOuts: readonly ReplayedPayOut[]): WrongOutcome[] {
  return payOuts.flatMap(({ row, outcome }) => {
    const { transactionId, account, amount } = row.movement;
    const wrong = (what: string): WrongOutcome[] => [{ transactionId, number: account, what }];
    const mustBeRefused = plan.refused.has(transactionId);
    if (outcome.kind !== 'paid') {
      return mustBeRefused ? [] : wrong(`${amount} refused, though the account had it`);
    }
    if (mustBeRefused) return wrong(`${amount} paid, though the account did not have it`);
    const parts = [...outcome.parts.values()];
    const sum = parts.reduce((total, part) => total + part, 0n);
    if (sum !== toHundredths(amount) || parts.some((part) => part <= 0n)) {
      return wrong(`parts ${parts.map(formatHundredths).join(' + ')} do not make ${amount}`);
    }
    return [];
  });
}
