import { useRef, useState, useEffect, type Key, type ReactNode } from 'react';
import styles from './table.module.css';
import textStyles from './text.module.css';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ReactNode;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Needs the whole width of a card. */
  readonly isWide?: boolean;
}

interface TableProps<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => Key;
}

/** A table; where there is no room for one, a card a row. */
export function Table<T>({ caption, columns, rows, keyOf }: TableProps<T>) {
  const frame = useRef<HTMLDivElement>(null);
  const isWide = useOverflow(frame);
  return (
    <div
      className={styles.frame}
      ref={frame}
      {...(isWide && { tabIndex: 0, role: 'region', 'aria-label': caption })}
    >
      <table className={styles.table}>
        <caption className={textStyles.hidden}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" className={isNumber ? styles.number : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, cell, isNumber, isWide: isWideCell }) => (
                <td
                  key={title}
                  data-title={title}
                  className={isNumber ? styles.number : isWideCell ? styles.wide : undefined}
                >
                  <div className={styles.cell}>{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What scrolls must be reachable by keyboard. */
function useOverflow(frame: React.RefObject<HTMLDivElement | null>): boolean {
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const look = (): void => setWide(element.scrollWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return isWide;
}
