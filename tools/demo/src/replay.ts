import type { AppliedPayIns } from './applied-pay-ins.js';
import { currency } from './opening.js';
import { PayInSender } from './pay-in-sender.js';
import type { TimedOutcome } from './payer.js';
import type { Plan, PlannedAccount, PlannedRow } from './plan.js';
import type { Progress } from './progress.js';
import { forEachLimited } from './retry.js';
import type { Site } from './site.js';
import { loadUpstream, type UpstreamPayIn } from './upstream.js';

/** Accounts that are under way at once; each of them is at one row at a time. */
const accountsAtOnceMax = 2_000;

export interface ReplayInput {
  readonly plan: Plan;
  readonly ids: ReadonlyMap<string, string>;
  readonly sites: readonly Pick<Site, 'upstream' | 'payer'>[];
  /** Has looked at every account, with nothing of an earlier run still in the logs. */
  readonly applied: Pick<AppliedPayIns, 'countsOf' | 'until' | 'watch'>;
  readonly progress: Pick<Progress, 'set'>;
  /** Pay-ins in a second, all datacenters together; undefined: as fast as it goes. */
  readonly ratePerSecond: number | undefined;
}

/** A pay-out of the file and what became of it. */
export interface ReplayedPayOut extends TimedOutcome {
  readonly row: PlannedRow;
}

/**
 * Every row of the file, each account's rows one after the other: pay-ins go to Kafka as an upstream
 * service sends them, a pay-out waits until the pay-ins before it are credited and is then asked of its
 * datacenter's coordinator. Accounts do not wait for each other. The longest accounts begin first, for
 * the last one to end says how long it takes.
 */
export async function replayRows(input: ReplayInput): Promise<ReplayedPayOut[]> {
  const { plan, sites, applied, progress } = input;
  const { commandIdOf } = await loadUpstream();
  let done = 0;
  const advance = (count: number): void => progress.set((done += count));
  const rate = input.ratePerSecond === undefined ? undefined : input.ratePerSecond / sites.length;
  const senders = sites.map(({ upstream }) => new PayInSender(upstream, rate, advance));
  const toPayIn = ({ movement }: PlannedRow, accountId: string): UpstreamPayIn => ({
    commandId: commandIdOf(plan.namespace, movement.transactionId, movement.dayMs),
    accountId,
    amount: movement.amount,
    currency,
    reference: referenceOf(movement.transactionId),
  });

  const stop = new AbortController();
  let isEnded = false;
  const payOuts: ReplayedPayOut[] = [];
  const replayAccount = async (account: PlannedAccount): Promise<void> => {
    const accountId = input.ids.get(account.number)!;
    const atStart = [...applied.countsOf(accountId)];
    const needed = sites.map(() => 0);
    for (const row of account.rows) {
      if (stop.signal.aborted) return;
      if (row.movement.kind === 'pay_in') {
        needed[row.datacenter]! += 1;
        senders[row.datacenter]!.add(toPayIn(row, accountId));
        continue;
      }
      if (plan.refused.has(row.movement.transactionId) && isBehind(atStart, needed)) {
        payOuts.push({ row, outcome: { kind: 'passed' }, tookMs: 0 });
      } else {
        await applied.until(accountId, needed);
        const { payer } = sites[row.datacenter]!;
        payOuts.push({
          row,
          ...(await payer.payOut(toRequest(plan, row, accountId), stop.signal)),
        });
      }
      advance(1);
    }
  };
  try {
    await Promise.all([
      applied.watch(() => isEnded || stop.signal.aborted),
      ...senders.map((sender) => sender.run(() => isEnded, stop.signal)),
      forEachLimited(longestFirst(plan.accounts), accountsAtOnceMax, replayAccount).then(
        () => (isEnded = true),
      ),
    ]);
  } finally {
    stop.abort();
  }
  return payOuts;
}

/**
 * A refused pay-out does not use up its key, so asking again might take money that came after it. It is
 * asked again only while none did: an account with more pay-ins than stand before the row was past it
 * in an earlier run, which had heard the refusal before it went on.
 */
function isBehind(atStart: readonly number[], needed: readonly number[]): boolean {
  return atStart.some((count, index) => count > needed[index]!);
}

function toRequest(plan: Plan, { movement }: PlannedRow, accountId: string) {
  return {
    accountId,
    amount: movement.amount,
    currency,
    reference: referenceOf(movement.transactionId),
    metadataJson: '',
    idempotencyKey: `${plan.namespace}/${movement.transactionId}`,
    drain: 'DRAIN_ANY' as const,
    deadlineMs: 0,
    homeNodeId: 0,
    charge: null,
    upTo: null,
  };
}

function referenceOf(transactionId: string): string {
  return `transaction ${transactionId}`;
}

function longestFirst(accounts: readonly PlannedAccount[]): PlannedAccount[] {
  return [...accounts].sort((a, b) => b.rows.length - a.rows.length);
}
