import type { Movement } from './movement.js';
import { makePlan, type Plan } from './plan.js';

const row = (transactionId: string, account: string, kind: Movement['kind'], amount: string) => ({
  transactionId,
  account,
  dayMs: 0,
  kind,
  amount,
});
const movements = [
  row('1', 'a', 'pay_in', '1.00'),
  row('2', 'b', 'pay_out', '9.00'),
  row('3', 'a', 'pay_in', '0.25'),
  row('4', 'b', 'pay_in', '5.00'),
  row('5', 'a', 'pay_in', '2.00'),
];
const plan = (more: object = {}): Plan =>
  makePlan({
    file: 'some/where/year 1.csv',
    movements,
    datacenterNames: ['dc1', 'dc2'],
    limit: undefined,
    ...more,
  });

test('pay-ins take turns over the datacenters, and each part is expected where it was sent', () => {
  const { accounts, payIns, payOutsLeftOut, totalExpected } = plan();
  expect(payIns.map(({ movement, datacenter }) => [movement.transactionId, datacenter])).toEqual([
    ['1', 0],
    ['3', 1],
    ['4', 0],
    ['5', 1],
  ]);
  expect(accounts.map(({ number, home }) => [number, home])).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  expect(accounts.map(({ expectedParts }) => expectedParts)).toEqual([
    [100n, 225n],
    [500n, 0n],
  ]);
  expect(accounts.map(({ expectedEntries }) => expectedEntries)).toEqual([
    [1, 2],
    [1, 0],
  ]);
  expect([payOutsLeftOut, totalExpected]).toEqual([1, 825n]);
});

test('a limit counts pay-ins, and a copy of the file is the same run', () => {
  expect(plan({ limit: 2 }).payIns.map(({ movement }) => movement.transactionId)).toEqual([
    '1',
    '3',
  ]);
  expect(plan({ file: 'year 1.csv' }).namespace).toBe(plan().namespace);
});

test('runs that spread or cut the rows otherwise never share an account', () => {
  const others = [plan({ limit: 2 }), plan({ datacenterNames: ['dc1'] }), plan({ file: 'b.csv' })];
  const keys = [plan(), ...others].map(({ accounts }) => accounts[0]!.idempotencyKey);
  expect(new Set(keys).size).toBe(4);
  for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,255}$/);
});
