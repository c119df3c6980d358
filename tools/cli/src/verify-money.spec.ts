import type { AuditSum } from '@billing/database';
import { verifyMoney, type AskSums } from './verify-money.js';

const sum = (accountId: bigint, balanceMinor: bigint, more: Partial<AuditSum> = {}): AuditSum => ({
  accountId,
  balanceMinor,
  broughtMinor: 0n,
  paidMinor: 0n,
  entries: 1n,
  open: 0n,
  ...more,
});

/** Reads in turn, the last one for ever. A read is what each node says. */
function reading(...reads: AuditSum[][][]): AskSums {
  return () => Promise.resolve(reads.length > 1 ? reads.shift()! : reads[0]!);
}

test('the parts of all nodes are what came in less what was paid out', async () => {
  const one = sum(1n, 30n, { broughtMinor: 100n, paidMinor: 20n });
  const fine = await verifyMoney(reading([[one], [sum(1n, 50n)]]), undefined);
  expect(fine).toEqual({ findings: [], restless: 0 });
  const { findings } = await verifyMoney(reading([[one], [sum(1n, 51n)]]), undefined);
  expect(findings).toEqual([
    expect.objectContaining({ check: 'money', accountId: 1n, expectedMinor: 80n, foundMinor: 81n }),
  ]);
});

test('money that moves between two reads of nodes is no fault', async () => {
  // Node 1 was read before 10 went to node 2, and node 2 after it.
  const before = sum(1n, 50n, { broughtMinor: 100n, entries: 1n });
  const after = sum(1n, 40n, { broughtMinor: 100n, entries: 2n });
  const there = sum(1n, 60n, { entries: 2n });
  expect(await verifyMoney(reading([[before], [there]], [[after], [there]]), undefined)).toEqual({
    findings: [],
    restless: 0,
  });
});

test('an account with something under way is not judged, but counted', async () => {
  const open = sum(1n, 50n, { broughtMinor: 100n, open: 1n });
  const both = [open, sum(65n, 7n)];
  expect(await verifyMoney(reading([both]), undefined)).toEqual({
    findings: [expect.objectContaining({ accountId: 65n })],
    restless: 1,
  });
});
