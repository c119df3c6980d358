import { fileURLToPath } from 'node:url';
import type { Movement } from './movement.js';
import { readMovements } from './movement.js';
import { expectOutcomes } from './model.js';

const row = (transactionId: string, account: string, amount: string): Movement => ({
  transactionId,
  account,
  dayMs: 0,
  kind: amount.startsWith('-') ? 'pay_out' : 'pay_in',
  amount: amount.replace('-', ''),
});

test('a pay-out is refused when the money before it does not cover it, whatever comes later', () => {
  const { refused, totals } = expectOutcomes([
    row('1', 'a', '-1.00'),
    row('2', 'a', '5.00'),
    row('3', 'b', '9.00'),
    row('4', 'a', '-5.01'),
    row('5', 'a', '-5.00'),
    row('6', 'a', '-0.01'),
    row('7', 'b', '-8.75'),
  ]);
  expect([...refused]).toEqual(['1', '4', '6']);
  expect(totals).toEqual(
    new Map([
      ['a', 0n],
      ['b', 25n],
    ]),
  );
});

test('the bank file has 19 pay-outs that its accounts do not cover', async () => {
  const file = new URL('../../../examples/data/czech-bank-1993.csv', import.meta.url);
  const { refused, totals } = expectOutcomes(await readMovements(fileURLToPath(file)));
  expect([refused.size, totals.size]).toEqual([19, 591]);
});
