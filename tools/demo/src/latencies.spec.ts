import { formatLatency, percentile } from './latencies.js';

test('a percentile is a value that was measured', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.2, 0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([1, 1, 3, 5, 5]);
  expect(percentile([], 0.5)).toBeUndefined();
});

test('latencies are told in milliseconds; of nothing, nothing is told', () => {
  expect(formatLatency([1.26, 1_234.5])).toBe('p50 1.3 ms, p99 1,235 ms');
  expect(formatLatency([])).toBe('');
});
