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
  row('5', 'a', 'pay_out', '1.10'),
];
const plan = (more: object = {}): Plan =>
  makePlan({
    file: 'some/where/year 1.csv',
    movements,
    datacenterNames: ['dc1', 'dc2'],
    limit: undefined,
    ...more,
  });

test('rows take turns over the datacenters, and each account keeps its own in file order', () => {
  const { accounts, payInCount, payOutCount, refused, total } = plan();
  const rows = accounts.map((account) =>
    account.rows.map(({ movement, datacenter }) => [movement.transactionId, datacenter]),
  );
  expect(rows).toEqual([
    [
      ['1', 0],
      ['3', 0],
      ['5', 0],
    ],
    [
      ['2', 1],
      ['4', 1],
    ],
  ]);
  expect(accounts.map(({ number, home }) => [number, home])).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
  expect([payInCount, payOutCount, [...refused], total]).toEqual([3, 2, ['2'], 515n]);
});

test('what a datacenter takes in is expected there; the total is that of the model', () => {
  const [a, b] = plan().accounts as [Plan['accounts'][0], Plan['accounts'][0]];
  expect([a.payIns, a.paidIn, a.total]).toEqual([[2, 0], [125n, 0n], 15n]);
  expect([b.payIns, b.paidIn, b.total]).toEqual([[0, 1], [0n, 500n], 500n]);
});

test('a limit counts rows, and a copy of the file is the same run', () => {
  const { accounts, payInCount, payOutCount } = plan({ limit: 2 });
  expect([accounts.length, payInCount, payOutCount]).toEqual([2, 1, 1]);
  expect(plan({ file: 'year 1.csv' }).namespace).toBe(plan().namespace);
});

test('runs that spread or cut the rows otherwise never share an account', () => {
  const others = [plan({ limit: 2 }), plan({ datacenterNames: ['dc1'] }), plan({ file: 'b.csv' })];
  const keys = [plan(), ...others].map(({ accounts }) => accounts[0]!.idempotencyKey);
  expect(new Set(keys).size).toBe(4);
  for (const key of keys) expect(key).toMatch(/^[\x21-\x7e]{1,255}$/);
});
