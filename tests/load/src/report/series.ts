import type { Chart, Series } from './bench-report.js';

/** How many there were by then. */
export interface CountAt {
  readonly atMs: number;
  readonly count: number;
}

/** What came in a second, in steps of `stepMs` at least; over seconds since the first look. */
export function throughput(name: string, counts: readonly CountAt[], stepMs: number): Series {
  const [first] = counts;
  if (first === undefined) return { name, points: [] };
  const points: [number, number][] = [];
  let since = first;
  for (const next of counts) {
    const tookMs = next.atMs - since.atMs;
    if (tookMs < stepMs || tookMs === 0) continue;
    points.push([(next.atMs - first.atMs) / 1_000, ((next.count - since.count) * 1_000) / tookMs]);
    since = next;
  }
  return { name, points };
}

/** These shares of all answers came within so long: the rarest are what a percentile is asked for. */
export const shares = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];
const shownShares = [0.5, 0.9, 0.99, 0.999];

export interface Percentile {
  readonly share: number;
  readonly ms: number;
}

/** Each nine as wide as the one before it. */
const placeOf = (share: number): number => -Math.log10(1 - share);

/** Latencies of several runs, the slowest answers to the right. */
export function latencyChart(
  file: string,
  title: string,
  runs: readonly { readonly name: string; readonly percentiles: readonly Percentile[] }[],
): Chart {
  return {
    file,
    title,
    xLabel: 'of the answers, within',
    yLabel: 'latency, ms',
    yScale: 'log',
    xTicks: shownShares.map((share) => ({ at: placeOf(share), label: `${share * 100} %` })),
    series: runs.map(({ name, percentiles }) => ({
      name,
      points: percentiles.map(({ share, ms }) => [placeOf(share), ms] as const),
    })),
  };
}
