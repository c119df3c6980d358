import { formatHundredths, toHundredths } from './minor-units.js';

test.each([
  ['700.00', 70_000n],
  ['0.20', 20n],
  ['5', 500n],
  ['1.5', 150n],
  ['-3.07', -307n],
  ['90071992547409931.99', 9_007_199_254_740_993_199n],
])('%s is %s hundredths', (text, hundredths) => {
  expect(toHundredths(text)).toBe(hundredths);
});

test.each(['', '1.234', '1,5', 'x', '1.', '.5'])('%p is refused', (text) => {
  expect(() => toHundredths(text)).toThrow(TypeError);
});

test('thousands are set apart', () => {
  expect([8_711_974_530n, 5n, -123_456n, 100_000n].map(formatHundredths)).toEqual([
    '87,119,745.30',
    '0.05',
    '-1,234.56',
    '1,000.00',
  ]);
});
