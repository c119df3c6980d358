import { useState } from 'react';
import { Empty } from '../../components/states.js';
import { Status } from '../../components/status.js';
import { countOf } from '../../format.js';
import { fromBase64, toHexRows } from './hex.js';
import type { Bytes } from './letter.js';

const PER_ROW = 16;
const PER_ROW_NARROW = 8;
const NARROW = '(max-width: 760px)';
const ROWS_SHOWN = 64;

/** Bytes in hexadecimal with their text beside them, exactly as they came. */
export function BytesView({
  name,
  bytes,
}: {
  readonly name: string;
  readonly bytes: Bytes | null;
}) {
  const [isWhole, setWhole] = useState(false);
  if (bytes === null) return <Empty title={`The message has no ${name}`} icon="unknown" />;
  const all = fromBase64(bytes.base64);
  const perRow = matchMedia(NARROW).matches ? PER_ROW_NARROW : PER_ROW;
  const shown = toHexRows(all, perRow, isWhole ? Infinity : ROWS_SHOWN);
  return (
    <>
      <p className="bytes-head">
        {countOf(all.length, 'byte')}
        {bytes.text === null && <Status tone="warn">not UTF-8</Status>}
      </p>
      {bytes.text !== null && bytes.text !== '' && (
        <pre className="text-view">{pretty(bytes.text)}</pre>
      )}
      {shown.length > 0 && (
        <div className="hex" role="region" aria-label={`Bytes of the ${name}`} tabIndex={0}>
          {shown.map(({ offset, bytes: hex, text }) => (
            <div key={offset} className="hex-row">
              <span className="hex-offset">{offset}</span>
              <span className="hex-bytes">{hex}</span>
              <span className="hex-text">{text}</span>
            </div>
          ))}
        </div>
      )}
      {all.length > shown.length * perRow && (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          Show all {countOf(all.length, 'byte')}
        </button>
      )}
    </>
  );
}

/** JSON on several lines; anything else as it is. */
function pretty(text: string): string {
  try {
    // Numbers beyond what JavaScript holds would change: then it is better left alone.
    const value: unknown = JSON.parse(text);
    const flat = JSON.stringify(value);
    return flat.length === text.replace(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, '').length
      ? JSON.stringify(value, null, 2)
      : text;
  } catch {
    return text;
  }
}
