import { Button } from './button.js';
import styles from './pager.module.css';

interface PagerProps {
  /** Of the pages before this one, the first of which needs none. */
  readonly cursors: readonly string[];
  readonly next: string | null;
  readonly onTurn: (cursors: readonly string[]) => void;
  readonly words?: readonly [back: string, on: string];
}

/** Back and on through pages that name only their next one; nothing when there is one page. */
export function Pager({ cursors, next, onTurn, words = ['Newer', 'Older'] }: PagerProps) {
  if (next === null && cursors.length === 0) return null;
  const [back, on] = words;
  return (
    <div className={styles.pager}>
      <Button disabled={cursors.length === 0} onClick={() => onTurn(cursors.slice(0, -1))}>
        {back}
      </Button>
      <Button disabled={next === null} onClick={() => next !== null && onTurn([...cursors, next])}>
        {on}
      </Button>
    </div>
  );
}
