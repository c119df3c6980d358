import type { RunningDatacenter } from '@billing/cluster';
import { expectAccounts, judgeOutcomes } from './expected.js';
import type { PayOutOutcome } from './payer.js';
import { makePlan } from './plan.js';
import type { ReplayedPayOut } from './replay.js';

const movements = (['pay_in', 'pay_in', 'pay_out', 'pay_out'] as const).map((kind, index) => ({
  transactionId: String(index + 1),
  account: 'a',
  dayMs: 0,
  kind,
  amount: '3.00',
}));
movements.push({ ...movements[3]!, transactionId: '5' });
const plan = makePlan({ file: 'f', movements, datacenterNames: ['dc1', 'dc2'], limit: undefined });
const sites = [1, 2].map((nodeId) => ({
  datacenter: { name: `dc${nodeId}`, nodeId } as RunningDatacenter,
}));
const paid = (...parts: [number, bigint][]): PayOutOutcome => ({
  kind: 'paid',
  parts: new Map(parts),
  replayed: false,
});
const replayed = (outcomes: readonly PayOutOutcome[]): ReplayedPayOut[] =>
  outcomes.map((outcome, index) => ({
    row: plan.accounts[0]!.rows[index + 2]!,
    outcome,
    tookMs: 1,
  }));
const right = replayed([paid([1, 300n]), paid([1, 100n], [2, 200n]), { kind: 'refused' }]);

test('a part is what came in there less what the answers took from there', () => {
  expect(expectAccounts(plan, new Map([['a', '65']]), right, sites)).toEqual([
    { number: 'a', accountId: '65', total: 0n, parts: [-100n, 100n], payIns: [1, 1] },
  ]);
});

test('pay-outs that ended as the model has them are right', () => {
  expect(judgeOutcomes(plan, right)).toEqual([]);
  const again = replayed([paid([1, 300n]), paid([2, 300n]), { kind: 'passed' }]);
  expect(judgeOutcomes(plan, again)).toEqual([]);
});

test.each<[PayOutOutcome[], string, string]>([
  [[{ kind: 'refused' }], '3', '3.00 refused, though the account had it'],
  [[paid([1, 300n]), paid([1, 200n], [2, 50n])], '4', 'parts 2.00 + 0.50 do not make 3.00'],
  [[paid([1, 300n]), paid([1, 300n], [2, 0n])], '4', 'parts 3.00 + 0.00 do not make 3.00'],
  [
    [paid([1, 300n]), paid([2, 300n]), paid([1, 300n])],
    '5',
    '3.00 paid, though the account did not have it',
  ],
])('%j is told by its transaction', (outcomes, transactionId, what) => {
  expect(judgeOutcomes(plan, replayed(outcomes))).toEqual([{ transactionId, number: 'a', what }]);
});
