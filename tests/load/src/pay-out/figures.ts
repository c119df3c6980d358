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
