import { useMemo, useState } from 'react';
import { Button } from '../../components/button.js';
import { Empty } from '../../components/states.js';
import { Status } from '../../components/status.js';
import { countOf } from '../../format.js';
import styles from './bytes-view.module.css';
import { fromBase64, toHexRows } from './hex.js';
import { layOutJson } from './json-text.js';
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
  const perRow = matchMedia(NARROW).matches ? PER_ROW_NARROW : PER_ROW;
  // Once a letter, not once a second: a page is drawn anew with every snapshot of the datacenters.
  const all = useMemo(() => fromBase64(bytes?.base64 ?? ''), [bytes?.base64]);
  const text = useMemo(() => layOutJson(bytes?.text ?? ''), [bytes?.text]);
  const rows = useMemo(
    () => toHexRows(isWhole ? all : all.subarray(0, ROWS_SHOWN * perRow), perRow),
    [all, isWhole, perRow],
  );
  if (bytes === null) return <Empty title={`The message has no ${name}`} icon="unknown" />;
  return (
    <>
      <p className={styles.head}>
        {countOf(all.length, 'byte')}
        {bytes.text === null && <Status tone="warn">not UTF-8</Status>}
      </p>
      {text !== '' && <pre className={styles.text}>{text}</pre>}
      {rows.length > 0 && (
        <div className={styles.hex} role="region" aria-label={`Bytes of the ${name}`} tabIndex={0}>
          {rows.map(({ offset, bytes: hex, text }) => (
            <div key={offset} className={styles.row}>
              <span className={styles.offset}>{offset}</span>
              <span className={styles.bytes}>{hex}</span>
              <span className={styles.letters}>{text}</span>
            </div>
          ))}
        </div>
      )}
      {all.length > rows.length * perRow && (
        <Button onClick={() => setWhole(true)}>Show all {countOf(all.length, 'byte')}</Button>
      )}
    </>
  );
}
