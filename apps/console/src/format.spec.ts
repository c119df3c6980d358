import {
  formatAmount,
  formatBytes,
  formatRate,
  formatSeconds,
  formatSigned,
  words,
} from './format.js';

test('money keeps every digit that it came with', () => {
  expect(formatAmount('90071992547409931234.56')).toBe('90,071,992,547,409,931,234.56');
  expect(formatAmount('-1234.50')).toBe('−1,234.50');
  expect(formatAmount('+999')).toBe('+999');
  expect(formatAmount('12,50')).toBe('12,50');
});

test('a difference says which way it is', () => {
  expect(['123.45', '-1234.50', '+5', '0', '0.00'].map(formatSigned)).toEqual([
    '+123.45',
    '−1,234.50',
    '+5',
    '0',
    '0.00',
  ]);
});

test('times are as short as they can be read', () => {
  const of = (seconds: number): string => formatSeconds(seconds);
  expect([0, 0.44, 9.99, 38, 250, 7_500, 273_600].map(of)).toEqual([
    '0 s',
    '0.4 s',
    '10 s',
    '38 s',
    '4 min 10 s',
    '2 h 5 min',
    '3 d 4 h',
  ]);
});

test('counts and bytes have separators and units', () => {
  expect(formatRate(null)).toBe('–');
  expect(formatRate(1_234.4)).toBe('1,234');
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(69_000)).toBe('67.4 KiB');
  expect(words('pay_in')).toBe('pay-in');
  expect(words('command_conflict')).toBe('command conflict');
});
