import { formatMarkdown, type Column } from '@billing/cluster';

/** Prints rows as Markdown, so that they can go into the docs as they are. */
export function printTable(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  for (const line of formatMarkdown(columns, rows)) console.log(line);
}

export function rate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en');
}

/** Milliseconds; nothing was measured: a dash. */
export function ms(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value.toFixed(value < 10 ? 2 : 1);
}

/** How many times as much; over nothing: a dash. */
export function times(ratio: number): string {
  return Number.isFinite(ratio) ? ratio.toFixed(2) : '–';
}

/** Of several rounds: the median, and from which to which. */
export function spread(values: readonly number[], format: (value: number) => string): string {
  if (values.length === 0) return '–';
  const middle = format(median(values));
  if (values.length === 1) return middle;
  return `${middle} (${format(Math.min(...values))} to ${format(Math.max(...values))})`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}
