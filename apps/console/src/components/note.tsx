import type { ReactNode } from 'react';
import { classNames } from '../class-names.js';
import { Icon, type IconName } from './icon.js';
import styles from './note.module.css';
import type { Tone } from './status.js';

interface NoteProps {
  readonly tone: Tone;
  readonly role: 'alert' | 'status';
  readonly icon?: IconName;
  readonly title?: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** Something that is said in a box of its own. */
export function Note({ tone, role, icon, title, className, children }: NoteProps) {
  return (
    <div className={classNames(styles.note, className)} data-tone={tone} role={role}>
      {icon !== undefined && <Icon name={icon} />}
      {title === undefined ? (
        children
      ) : (
        <div>
          <p className={styles.title}>{title}</p>
          {children}
        </div>
      )}
    </div>
  );
}
