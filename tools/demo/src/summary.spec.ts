import { makePlan } from './plan.js';
import type { TimedOutcome } from './payer.js';
import type { ReplayedPayOut } from './replay.js';
import { describeSummary, type SummaryInput } from './summary.js';

const amounts = ['9.00', '-1.00', '-2.00', '-3.00', '-1.00', '-9.00'];
const plan = makePlan({
  file: 'f',
  movements: amounts.map((amount, index) => ({
    transactionId: String(index),
    account: '77',
    dayMs: 0,
    kind: amount.startsWith('-') ? ('pay_out' as const) : ('pay_in' as const),
    amount: amount.replace('-', ''),
  })),
  datacenterNames: ['dc1', 'dc2', 'dc3'],
  limit: undefined,
});
const paid = (tookMs: number, parts: [number, bigint][], replayed = false): TimedOutcome => ({
  outcome: { kind: 'paid', parts: new Map(parts), replayed },
  tookMs,
});
const replayed = (outcomes: readonly TimedOutcome[]): ReplayedPayOut[] =>
  outcomes.map((outcome, index) => ({ row: plan.accounts[0]!.rows[index + 1]!, ...outcome }));

const input: SummaryInput = {
  plan,
  accountsNew: 1,
  // Rows 1 to 5 go to dc2, dc3, dc1, dc2, dc3.
  payOuts: replayed([
    paid(4, [[2, 100n]]),
    paid(20, [
      [1, 50n],
      [3, 150n],
    ]),
    paid(30, [
      [1, 100n],
      [2, 100n],
      [3, 100n],
    ]),
    paid(500, [[2, 100n]], true),
    { outcome: { kind: 'refused' }, tookMs: 40 },
  ]),
  wrongOutcomes: [],
  results: [],
  nodeIds: [1, 2, 3],
  before: [],
  after: [],
  times: [{ step: 'rows replayed', tookMs: 2_000 }],
};

test('pay-outs are told by where their money came from, and how long those of this run took', () => {
  expect(describeSummary(input)).toEqual([
    'accounts    1: 1 opened, 0 found',
    'pay-ins     1 sent',
    'pay-outs    5: 4 paid, 7.00 CZK; 1 refused, 1 by the file alone',
    '            local           2  p50 4.0 ms, p99 4.0 ms  1 in an earlier run',
    '            drained from 1  1  p50 20 ms, p99 20 ms',
    '            drained from 2  1  p50 30 ms, p99 30 ms',
    '            refused         1  p50 40 ms, p99 40 ms',
    'total       2.00 CZK, by the file alone',
    'changed     nothing: all of it was there before, and asking again moved nothing twice',
    'time        2.0 s: rows replayed 2.0 s',
    'mismatches  none: every pay-out ended as the file has it, every account is equal at every node',
  ]);
});

test('what ended otherwise stands at the end, by its transaction', () => {
  const wrong = { transactionId: '5', number: '77', what: '9.00 paid' };
  const lines = describeSummary({ ...input, wrongOutcomes: [wrong] });
  expect(lines.slice(-2)).toEqual(['mismatches  1', '  czech-77, transaction 5: 9.00 paid']);
});
