import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditFinding, AuditSum } from '@billing/database';

/** Asks every node for its shares. @throws when one does not answer */
export type AskSums = (
  after: bigint,
  last: bigint | undefined,
  limit: number | undefined,
) => Promise<readonly (readonly AuditSum[])[]>;

const chunkMax = 20_000;
const readsMax = 6;
const pauseMs = 250;

/**
 * Per account over all nodes: parts = pay-ins + deposits + openings ± corrections - pay-outs.
 *
 * Nodes cannot be read at one moment. But when every node says of an account what it said the last time,
 * nothing changed in between (entries only ever get more), so there was a moment, after the last of the
 * first answers and before the first of the second, at which all of it held at once. Replicas have no part
 * in it. An account with something under way is asked for again, a few times.
 */
export async function verifyMoney(
  ask: AskSums,
  accountId: bigint | undefined,
): Promise<{ findings: AuditFinding[]; restless: number }> {
  const findings: AuditFinding[] = [];
  let restless = 0;
  let after = accountId === undefined ? 0n : accountId - 1n;
  for (;;) {
    let nodes = await ask(after, accountId, chunkMax);
    const last = accountId ?? lastOf(nodes);
    let earlier = sumUp(nodes, last);
    const waiting = new Set(earlier.keys());
    for (let read = 1; read < readsMax && waiting.size > 0; read += 1) {
      if (read > 1) await sleep(pauseMs);
      nodes = await ask(after, last, undefined);
      const now = sumUp(nodes, last);
      for (const account of waiting) {
        const total = now.get(account);
        if (total === undefined || total.open > 0n) continue;
        if (total.said !== earlier.get(account)?.said) continue;
        waiting.delete(account);
        if (total.isMinor !== total.shouldMinor) findings.push(toFinding(account, total));
      }
      earlier = now;
    }
    restless += waiting.size;
    if (last === undefined || accountId !== undefined) return { findings, restless };
    after = last;
  }
}

interface Total {
  said: string;
  isMinor: bigint;
  shouldMinor: bigint;
  open: bigint;
}

/** Up to where every node has answered; undefined: to the end. */
function lastOf(nodes: readonly (readonly AuditSum[])[]): bigint | undefined {
  const ends = nodes
    .filter((sums) => sums.length === chunkMax)
    .map((sums) => sums.at(-1)!.accountId);
  return ends.reduce<bigint | undefined>(
    (least, end) => (least === undefined || end < least ? end : least),
    undefined,
  );
}

function sumUp(
  nodes: readonly (readonly AuditSum[])[],
  last: bigint | undefined,
): Map<bigint, Total> {
  const totals = new Map<bigint, Total>();
  for (const [index, sums] of nodes.entries()) {
    for (const sum of sums) {
      if (last !== undefined && sum.accountId > last) continue;
      const total = totals.get(sum.accountId) ?? emptyTotal();
      total.said += [index, sum.balanceMinor, sum.paidMinor, sum.entries, sum.open, ''].join(' ');
      total.isMinor += sum.balanceMinor;
      total.shouldMinor += sum.broughtMinor - sum.paidMinor;
      total.open += sum.open;
      totals.set(sum.accountId, total);
    }
  }
  return totals;
}

const emptyTotal = (): Total => ({ said: '', isMinor: 0n, shouldMinor: 0n, open: 0n });

function toFinding(accountId: bigint, { isMinor, shouldMinor }: Total): AuditFinding {
  return {
    check: 'money',
    nodeId: 0,
    accountId,
    subject: '',
    expectedMinor: shouldMinor,
    foundMinor: isMinor,
    detail: 'what came in less what was paid out, and the parts of all nodes',
  };
}
