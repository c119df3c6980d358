import { median } from './figures.js';

/** What a figure counts: pay-ins or pay-outs a second, a latency, a time. */
export type Unit = '/s' | 'ms' | 's';

/** A bound of a figure, or of its ratio to what stands beside it. */
export type Target = {
  readonly of: 'value' | 'ratio';
  /** Each round has to meet it; otherwise the median. */
  readonly everyRound?: true;
} & ({ readonly atLeast: number } | { readonly atMost: number });

/** What was measured in some rounds, and what in the same rounds beside it. */
export interface Figure {
  readonly what: string;
  readonly unit: Unit;
  /** One a round. */
  readonly values: readonly number[];
  readonly baseline?: { readonly what: string; readonly values: readonly number[] } | undefined;
  readonly target?: Target | undefined;
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Lines over one axis; `drawChart` makes a picture of it. */
export interface Chart {
  /** Of its file, without an ending. */
  readonly file: string;
  readonly title: string;
  /** With their units. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly yScale: 'linear' | 'log';
  /** Instead of round numbers. */
  readonly xTicks?: readonly { readonly at: number; readonly label: string }[];
  readonly series: readonly Series[];
  /** What is not to be passed. */
  readonly bound?: { readonly y: number; readonly label: string };
}

/** What one of the benches of `npm run bench` found. */
export interface BenchReport {
  readonly figures: readonly Figure[];
  readonly charts: readonly Chart[];
  /** What a reader of the figures has to know: what failed while they were measured. */
  readonly remarks: readonly string[];
  /** Everything that was measured, for who wants to count anew. */
  readonly measured: unknown;
}

/** Round by round, as the machine's speed drifts; none without a baseline. */
export function ratiosOf({ values, baseline }: Figure): number[] {
  if (baseline === undefined) return [];
  return values.map((value, round) => value / (baseline.values[round] ?? Number.NaN));
}

/** Whether a figure is as it should be; nobody says how: undefined. What was not measured is not met. */
export function isMet(figure: Figure): boolean | undefined {
  const { target, values } = figure;
  if (target === undefined) return undefined;
  const judged = target.of === 'value' ? values : ratiosOf(figure);
  const holds = (value: number): boolean =>
    'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
  if (target.everyRound === true) return judged.length > 0 && judged.every(holds);
  return holds(median(judged));
}
