import { formatCount } from '../format.js';
import styles from './badge.module.css';
import type { Tone } from './status.js';
import textStyles from './text.module.css';

interface BadgeProps {
  readonly count: number;
  /** What is counted, in a word. */
  readonly what: string;
  readonly tone: Tone;
  readonly title?: string;
}

/** How many wait for a person. */
export function Badge({ count, what, tone, title }: BadgeProps) {
  return (
    <span className={styles.badge} data-tone={tone} title={title}>
      {formatCount(count)}
      <span className={textStyles.hidden}> {what}</span>
    </span>
  );
}
