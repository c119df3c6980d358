import { latencyChart, throughput } from './series.js';

test('throughput is what came since the last step, in a second', () => {
  const counts = [0, 100, 200, 300, 400].map((atMs, index) => ({ atMs, count: index * index }));
  expect(throughput('pay-ins', counts, 200)).toEqual({
    name: 'pay-ins',
    points: [
      [0.2, 20],
      [0.4, 60],
    ],
  });
});

test('time begins with the first look, and looks may be far apart', () => {
  const counts = [
    { atMs: 5_000, count: 10 },
    { atMs: 5_000, count: 20 },
    { atMs: 9_000, count: 30 },
  ];
  expect(throughput('pay-ins', counts, 200).points).toEqual([[4, 5]]);
  expect(throughput('nothing', [], 200).points).toEqual([]);
});

test('each nine of the answers is as far from the one before it', () => {
  const percentiles = [0.9, 0.99, 0.999].map((share) => ({ share, ms: 1 }));
  const { series, xTicks } = latencyChart('latency', 'Latency', [{ name: 'one', percentiles }]);
  const places = series[0]!.points.map(([x]) => Math.round(x * 1_000) / 1_000);
  expect(places).toEqual([1, 2, 3]);
  expect(xTicks?.map(({ label }) => label)).toEqual(['50 %', '90 %', '99 %', '99.9 %']);
});
