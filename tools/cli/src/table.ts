/** One line a row, columns as wide as their widest cell, two spaces between. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const all = [header, ...rows.map((row) => row.map(makePrintable))];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
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

/** Ids and amounts as strings: JSON's numbers are too short for them. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field),
    2,
  );
}
