export interface HexRow {
  readonly offset: string;
  readonly bytes: string;
  /** Printable ASCII; a dot for anything else. */
  readonly text: string;
}

/** Bytes as an editor shows them. Those of a megabyte take 400 ms: give it those that are shown. */
export function toHexRows(bytes: Uint8Array, perRow: number): HexRow[] {
  const rows: HexRow[] = [];
  for (let at = 0; at < bytes.length; at += perRow) {
    const row = [...bytes.subarray(at, at + perRow)];
    rows.push({
      offset: at.toString(16).padStart(6, '0'),
      bytes: row.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      text: row
        .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'))
        .join(''),
    });
  }
  return rows;
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
