import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.js';
import styles from './status.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

const icons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  warn: 'alert',
  bad: 'cross',
  quiet: 'unknown',
};

/** Icon and word: colour is never alone in telling. */
export function Status(props: {
  readonly tone: Tone;
  readonly icon?: IconName;
  readonly children: ReactNode;
}) {
  const { tone, icon = icons[tone], children } = props;
  return (
    <span className={styles.status} data-tone={tone}>
      <Icon name={icon} size={14} />
      <span>{children}</span>
    </span>
  );
}
