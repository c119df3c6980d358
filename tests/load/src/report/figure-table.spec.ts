import { figureRows } from './figure-table.js';

test('a row says what, beside what, and whether the target is met', () => {
  const rows = figureRows([
    {
      what: 'pay-outs',
      unit: '/s',
      values: [3_000, 6_000, 4_000],
      baseline: { what: 'one statement', values: [1_000, 2_000, 1_000] },
      target: { of: 'ratio', atLeast: 3 },
    },
    { what: 'a drain', unit: 'ms', values: [101.25], target: { of: 'value', atMost: 95 } },
    { what: 'behind', unit: 's', values: [] },
  ]);
  expect(rows).toEqual([
    [
      'pay-outs',
      '/s',
      '4,000 (3,000 to 6,000)',
      'one statement',
      '1,000 (1,000 to 2,000)',
      '3.00 (3.00 to 4.00)',
      'ratio ≥ 3',
      'yes',
    ],
    ['a drain', 'ms', '101.3', '', '', '', '≤ 95 ms', 'NO'],
    ['behind', 's', '–', '', '', '', '', ''],
  ]);
});
