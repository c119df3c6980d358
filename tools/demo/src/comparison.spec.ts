import type { Datacenter } from '@billing/cluster';
import type { EntryCount } from '@billing/database';
import { judgeNode, type NodeFindings } from './comparison.js';
import { makePlan } from './plan.js';

const movements = ['1.00', '2.00', '4.00'].map((amount, index) => ({
  transactionId: String(index),
  account: '77',
  dayMs: 0,
  kind: 'pay_in' as const,
  amount,
}));
const plan = makePlan({
  file: 'f.csv',
  movements,
  datacenterNames: ['dc1', 'dc2'],
  limit: undefined,
});
const site = (nodeId: number): { datacenter: Datacenter } => ({
  datacenter: { name: `dc${nodeId}`, nodeId, ports: {} as Datacenter['ports'] },
});
const count = (nodeId: number, entries: number): EntryCount => ({
  accountId: 65n,
  nodeId,
  entries,
  amountMinor: 0n,
});
const equal: NodeFindings = {
  plan,
  ids: new Map([['77', '65']]),
  sites: [site(1), site(2)],
  site: site(2),
  balances: new Map([
    [
      '77',
      {
        total: 700n,
        parts: new Map([
          [1, 500n],
          [2, 200n],
        ]),
      },
    ],
  ]),
  counts: [count(1, 2), count(2, 1)],
};
const withBalance = (total: bigint, one: bigint, two: bigint): NodeFindings => ({
  ...equal,
  balances: new Map([
    [
      '77',
      {
        total,
        parts: new Map([
          [1, one],
          [2, two],
        ]),
      },
    ],
  ]),
});

test('an account that is as the file has it is equal', () => {
  expect(judgeNode(equal)).toEqual({
    datacenterName: 'dc2',
    accountsEqual: 1,
    ownEntries: 1,
    entries: 3,
    total: 700n,
    mismatches: [],
  });
});

test.each<[string, NodeFindings, string[]]>([
  [
    'a pay-in twice',
    { ...withBalance(800n, 600n, 200n), counts: [count(1, 3), count(2, 1)] },
    [
      'total is 8.00 instead of 7.00',
      'part of dc1 is 6.00 instead of 5.00',
      '3 pay-ins credited at dc1 instead of 2',
    ],
  ],
  [
    'money in the wrong part',
    withBalance(700n, 600n, 100n),
    ['part of dc1 is 6.00 instead of 5.00', 'part of dc2 is 1.00 instead of 2.00'],
  ],
  [
    'a total that is not the sum of its parts',
    withBalance(701n, 500n, 200n),
    ['total is 7.01 instead of 7.00'],
  ],
  [
    'an entry that is missing',
    { ...equal, counts: [count(1, 2)] },
    ['0 pay-ins credited at dc2 instead of 1'],
  ],
])('%s is a mismatch', (_, findings, words) => {
  const { mismatches, accountsEqual } = judgeNode(findings);
  expect(mismatches).toEqual(
    words.map((what) => ({ number: '77', accountId: '65', datacenterName: 'dc2', what })),
  );
  expect(accountsEqual).toBe(0);
});
