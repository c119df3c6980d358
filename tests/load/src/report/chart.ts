import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import type { Chart, Series } from './bench-report.js';

const WIDTH = 860;
const HEIGHT = 440;
const FRAME = { left: 84, right: 36, top: 56, bottom: 60 };
const LEGEND_LINE = 18;
const TICKS = 6;
/** Room above the highest value. */
const HEADROOM = 1.05;
/** Told apart by who does not see red and green alike, too (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#444444'];

/** A number's place in the picture. */
interface Axis {
  (value: number): number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** As an SVG document on white, with title, axes and their units, a legend below the picture. */
export function drawChart(chart: Chart): string {
  const shown = chart.series.map((one) => ({ ...one, points: drawable(one, chart.yScale) }));
  const points = shown.flatMap((one) => one.points);
  const [right, bottom] = [WIDTH - FRAME.right, HEIGHT - FRAME.bottom];
  const x = xAxis(
    chart,
    points.map(([at]) => at),
    [FRAME.left, right],
  );
  const y = yAxis(
    chart,
    points.map(([, value]) => value),
    [bottom, FRAME.top],
  );
  const height = HEIGHT + LEGEND_LINE * shown.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ` +
      `font-family="system-ui, sans-serif" font-size="13" fill="#333">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(WIDTH / 2, 28, chart.title, 'text-anchor="middle" font-size="16" font-weight="600"'),
    ...y.ticks.flatMap(({ at, label }) => [
      rule(FRAME.left, y(at), right, y(at), 'stroke="#ddd"'),
      text(FRAME.left - 8, y(at) + 4, label, 'text-anchor="end"'),
    ]),
    ...x.ticks.flatMap(({ at, label }) => [
      rule(x(at), bottom, x(at), bottom + 5, 'stroke="#333"'),
      text(x(at), bottom + 20, label, 'text-anchor="middle"'),
    ]),
    rule(FRAME.left, bottom, right, bottom, 'stroke="#333"'),
    rule(FRAME.left, FRAME.top, FRAME.left, bottom, 'stroke="#333"'),
    text((FRAME.left + right) / 2, bottom + 42, chart.xLabel, 'text-anchor="middle"'),
    text(
      0,
      0,
      chart.yLabel,
      `text-anchor="middle" transform="translate(18 ${(FRAME.top + bottom) / 2}) rotate(-90)"`,
    ),
    ...(chart.bound === undefined ? [] : drawBound(chart.bound, y, right)),
    ...shown.flatMap((one, index) => drawSeries(one, index, x, y)),
    '</svg>\n',
  ].join('\n');
}

/** What a scale has no place for is left out: nothing and less on a logarithmic one. */
function drawable({ points }: Series, scale: Chart['yScale']): Series['points'] {
  return points.filter(
    ([x, y]) => Number.isFinite(x) && Number.isFinite(y) && (scale === 'linear' || y > 0),
  );
}

function xAxis(chart: Chart, values: readonly number[], range: [number, number]): Axis {
  const known = chart.xTicks?.map(({ at }) => at) ?? [0];
  const scale = scaleLinear()
    .domain(extent([...values, ...known]))
    .range(range);
  const format = scale.tickFormat(TICKS);
  return Object.assign((value: number) => scale(value), {
    ticks: chart.xTicks ?? scale.ticks(TICKS).map((at) => ({ at, label: format(at) })),
  });
}

function yAxis(chart: Chart, values: readonly number[], range: [number, number]): Axis {
  const all = chart.bound === undefined ? values : [...values, chart.bound.y];
  const [least, most] = extent(all);
  const scale =
    chart.yScale === 'log'
      ? scaleLog()
          .domain([least, most * HEADROOM])
          .nice()
      : scaleLinear().domain([0, most * HEADROOM]);
  const format = scale.range(range).tickFormat(TICKS, chart.yScale === 'log' ? ',~g' : ',~r');
  return Object.assign((value: number) => scale(value), {
    // Of a logarithmic scale some stand too close to be named.
    ticks: scale.ticks(TICKS).map((at) => ({ at, label: format(at) })),
  });
}

/** From the least to the most, never the same. */
function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0.1, 1];
  // Not spread: there may be more than a call takes.
  const least = values.reduce((one, other) => Math.min(one, other));
  const most = values.reduce((one, other) => Math.max(one, other));
  return [least, most > least ? most : least + 1];
}

function drawSeries({ name, points }: Series, index: number, x: Axis, y: Axis): string[] {
  const colour = COLOURS[index % COLOURS.length]!;
  const path = line<readonly [number, number]>()
    .x(([at]) => x(at))
    .y(([, value]) => y(value))([...points]);
  const legendY = HEIGHT + LEGEND_LINE * index;
  return [
    `<path d="${path ?? ''}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`,
    rule(
      FRAME.left,
      legendY - 4,
      FRAME.left + 24,
      legendY - 4,
      `stroke="${colour}" stroke-width="3"`,
    ),
    text(FRAME.left + 32, legendY, name, ''),
  ];
}

function drawBound(
  { y: at, label }: { y: number; label: string },
  y: Axis,
  right: number,
): string[] {
  return [
    rule(FRAME.left, y(at), right, y(at), 'stroke="#b00020" stroke-dasharray="6 4"'),
    text(right - 4, y(at) - 6, label, 'text-anchor="end" fill="#b00020"'),
  ];
}

function rule(x1: number, y1: number, x2: number, y2: number, style: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${style}/>`;
}

function text(x: number, y: number, content: string, style: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" ${style}>${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
