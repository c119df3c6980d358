import type { RunningDatacenter } from '@billing/cluster';
import type { EntryCount } from '@billing/database';
import { judgeNode, type NodeFindings } from './comparison.js';

const site = (nodeId: number): { datacenter: RunningDatacenter } => ({
  datacenter: { name: `dc${nodeId}`, nodeId } as RunningDatacenter,
});
const count = (nodeId: number, entries: number, amountMinor: bigint): EntryCount => ({
  accountId: 65n,
  nodeId,
  entries,
  amountMinor,
});
/** 5.00 and 2.00 of it came in as three pay-ins, of which 1.00 was paid out at dc1. */
const equal: NodeFindings = {
  accounts: [{ number: '77', accountId: '65', total: 600n, parts: [400n, 200n], payIns: [2, 1] }],
  sites: [site(1), site(2)],
  site: site(2),
  balances: new Map([['77', balance(600n, 400n, 200n)]]),
  entries: {
    payIns: [count(1, 2, 500n), count(2, 1, 200n)],
    all: [count(1, 3, 400n), count(2, 1, 200n)],
  },
};
function balance(total: bigint, one: bigint, two: bigint, reserved = 0n) {
  const parts = new Map([
    [1, one],
    [2, two],
  ]);
  return { total, reserved, parts };
}
const withBalance = (...amounts: Parameters<typeof balance>): NodeFindings => ({
  ...equal,
  balances: new Map([['77', balance(...amounts)]]),
});

test('an account that is as the file and the answers have it is equal', () => {
  expect(judgeNode(equal)).toEqual({
    datacenterName: 'dc2',
    accountsEqual: 1,
    payIns: 3,
    ownPayIns: 1,
    total: 600n,
    ownTotal: 200n,
    mismatches: [],
  });
});

test.each<[string, NodeFindings, string[]]>([
  [
    'a pay-in twice',
    {
      ...withBalance(700n, 500n, 200n),
      entries: {
        payIns: [count(1, 3, 600n), count(2, 1, 200n)],
        all: [count(1, 4, 500n), count(2, 1, 200n)],
      },
    },
    [
      'total is 7.00 instead of 6.00',
      'part of dc1 is 5.00 instead of 4.00',
      '3 pay-ins credited at dc1 instead of 2',
      'entries of dc1 add up to 5.00 instead of 4.00',
    ],
  ],
  [
    'money taken from another part than the answer said',
    {
      ...withBalance(600n, 500n, 100n),
      entries: {
        payIns: equal.entries.payIns,
        all: [count(1, 2, 500n), count(2, 2, 100n)],
      },
    },
    [
      'part of dc1 is 5.00 instead of 4.00',
      'part of dc2 is 1.00 instead of 2.00',
      'entries of dc1 add up to 5.00 instead of 4.00',
      'entries of dc2 add up to 1.00 instead of 2.00',
    ],
  ],
  [
    'a total that is not the sum of its parts',
    withBalance(601n, 400n, 200n),
    ['total is 6.01 instead of 6.00'],
  ],
  [
    'money that is still set aside',
    withBalance(600n, 400n, 200n, 5n),
    ['reserved is 0.05 instead of 0.00'],
  ],
  [
    'an entry that is missing',
    { ...equal, entries: { payIns: [count(1, 2, 500n)], all: equal.entries.all } },
    ['0 pay-ins credited at dc2 instead of 1'],
  ],
])('%s is a mismatch', (_, findings, words) => {
  const { mismatches, accountsEqual } = judgeNode(findings);
  expect(mismatches).toEqual(
    words.map((what) => ({ number: '77', accountId: '65', datacenterName: 'dc2', what })),
  );
  expect(accountsEqual).toBe(0);
});
