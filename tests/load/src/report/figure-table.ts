import { toTheRight, type Column } from '@billing/cluster';
import { ms, printTable, rate, spread, times } from './figures.js';
import {
  isMet,
  ratiosOf,
  type Figure,
  type BenchReport,
  type Target,
  type Unit,
} from './bench-report.js';

const formats: Readonly<Record<Unit, (value: number) => string>> = {
  '/s': rate,
  ms,
  s: times,
};

const columns: readonly Column[] = [
  'what',
  'unit',
  toTheRight('median (from to)'),
  'beside',
  toTheRight('its median (from to)'),
  toTheRight('ratio (from to)'),
  'target',
  'met',
];

/** A row a figure, as Markdown, and the remarks below. */
export function printReport({ figures, remarks }: Pick<BenchReport, 'figures' | 'remarks'>): void {
  printTable(columns, figureRows(figures));
  for (const remark of remarks) console.log(`! ${remark}`);
}

/** What, unit, figure, beside what, its figure, ratio, target, whether it is met. */
export function figureRows(figures: readonly Figure[]): string[][] {
  return figures.map((figure) => {
    const { what, unit, values, baseline, target } = figure;
    return [
      what,
      unit,
      spread(values, formats[unit]),
      baseline?.what ?? '',
      baseline === undefined ? '' : spread(baseline.values, formats[unit]),
      baseline === undefined ? '' : spread(ratiosOf(figure), times),
      target === undefined ? '' : describe(target, unit),
      sayMet(isMet(figure)),
    ];
  });
}

function sayMet(met: boolean | undefined): string {
  if (met === undefined) return '';
  return met ? 'yes' : 'NO';
}

function describe(target: Target, unit: Unit): string {
  const bound = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
  return target.of === 'ratio' ? `ratio ${bound}` : `${bound} ${unit}`;
}
