type Alignment = 'left' | 'right';

/** By its title; numbers stand to the right. */
export type Column = string | { readonly title: string; readonly align: Alignment };

type Rows = readonly (readonly string[])[];

/** Prettier takes no Markdown column that is narrower. */
const markdownWidthMin = 3;

export function toTheRight(title: string): Column {
  return { title, align: 'right' };
}

/** A line of titles, then one a row, columns as wide as their widest cell. */
export function formatTable(columns: readonly Column[], rows: Rows): string[] {
  return formatRows([columns.map(titleOf), ...rows], columns.map(alignmentOf));
}

/** The same without titles; a column whose alignment nobody says stands to the left. */
export function formatRows(rows: Rows, alignments: readonly Alignment[] = []): string[] {
  const printable = rows.map((row) => row.map(makePrintable));
  const widths = widthsOf(printable);
  return printable.map((row) => {
    // Nothing is padded on the right: neither what is empty there, nor the last text.
    const cells = row.slice(0, row.findLastIndex((cell) => cell !== '') + 1);
    return cells
      .map((cell, column) => {
        const alignment = alignments[column] ?? 'left';
        const isLast = column === cells.length - 1;
        return isLast && alignment === 'left' ? cell : pad(cell, widths[column]!, alignment);
      })
      .join('  ');
  });
}

/** The same table for a document, as Prettier would have it. */
export function formatMarkdown(columns: readonly Column[], rows: Rows): string[] {
  const [titles = [], ...printable] = [columns.map(titleOf), ...rows].map((row) =>
    row.map((cell) => makePrintable(cell).replaceAll('|', '\\|')),
  );
  const widths = widthsOf([titles, ...printable]).map((width) => Math.max(markdownWidthMin, width));
  const alignments = columns.map(alignmentOf);
  const rule = widths.map((width, column) =>
    alignments[column] === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [titles, rule, ...printable].map((row) => {
    const cells = row.map((cell, column) => pad(cell, widths[column]!, alignments[column]!));
    return `| ${cells.join(' | ')} |`;
  });
}

/**
 * Text of others, for a terminal: control characters would move its cursor or change its title, so they
 * are shown as escapes.
 */
export function makePrintable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

function titleOf(column: Column): string {
  return typeof column === 'string' ? column : column.title;
}

function alignmentOf(column: Column): Alignment {
  return typeof column === 'string' ? 'left' : column.align;
}

function widthsOf(rows: Rows): number[] {
  const columnCount = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columnCount }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
}

function pad(cell: string, width: number, alignment: Alignment): string {
  return alignment === 'right' ? cell.padStart(width) : cell.padEnd(width);
}
