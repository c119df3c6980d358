import { drawChart } from './chart.js';
import type { Chart } from './bench-report.js';

const chart: Chart = {
  file: 'behind',
  title: 'Behind <now> & then',
  xLabel: 'time, s',
  yLabel: 'behind, s',
  yScale: 'linear',
  series: [
    {
      name: 'peer 1',
      points: [
        [0, 0],
        [10, 1],
        [20, 0.5],
      ],
    },
    {
      name: 'peer 2',
      points: [
        [0, 0.25],
        [20, 0.25],
      ],
    },
  ],
};

const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
const pathsOf = (svg: string): [number, number][][] =>
  [...svg.matchAll(/<path d="([^"]*)"/g)].map(([, path]) =>
    path!
      .split(/[ML]/)
      .filter(Boolean)
      .map((point) => point.split(',').map(Number) as [number, number]),
  );

test('a picture has its title, its axes with units and its legend', () => {
  const texts = textsOf(drawChart(chart));
  expect(texts).toEqual(
    expect.arrayContaining(['Behind &lt;now> &amp; then', 'time, s', 'behind, s', 'peer 1']),
  );
  expect(texts).toEqual(expect.arrayContaining(['0.2', '0.8', '5', '10', '20']));
});

test('time goes to the right, more stands higher', () => {
  const [first, second] = pathsOf(drawChart(chart));
  const [start, peak, end] = first!;
  expect(start![0]).toBeLessThan(peak![0]);
  expect(peak![0]).toBeLessThan(end![0]);
  expect(peak![1]).toBeLessThan(end![1]);
  expect(end![1]).toBeLessThan(start![1]);
  expect(second![0]![1]).toBe(second![1]![1]);
});

test('a bound has its place, also where nothing comes near it', () => {
  const svg = drawChart({ ...chart, bound: { y: 20, label: 'target' } });
  const [, y] = /y1="([\d.]+)"[^>]*stroke-dasharray/.exec(svg)!;
  const peak = pathsOf(svg)[0]![1]!;
  expect(Number(y)).toBeLessThan(peak[1]);
  expect(textsOf(svg)).toContain('target');
});

test('a logarithmic picture leaves out what has no place in it', () => {
  const svg = drawChart({ ...chart, yScale: 'log' });
  expect(pathsOf(svg).map((path) => path.length)).toEqual([2, 2]);
  expect(svg).not.toContain('NaN');
});

test('nothing measured is a picture all the same', () => {
  for (const yScale of ['linear', 'log'] as const) {
    const svg = drawChart({ ...chart, yScale, series: [{ name: 'none', points: [] }] });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(textsOf(svg)).toContain('none');
  }
});
