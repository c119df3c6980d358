import type { ReactNode } from 'react';
import { Field } from '../../components/field.js';
import textStyles from '../../components/text.module.css';
import styles from './acts-bar.module.css';

export function ActsBar(props: { readonly label: string; readonly children: ReactNode }) {
  const { label, children } = props;
  return (
    <div className={styles.bar} role="group" aria-label={label}>
      {children}
    </div>
  );
}

/** In the place of acts that the gateway would refuse. */
export function LookingOnly() {
  return (
    <p className={textStyles.quiet}>
      This token may look. Acting wants one with the scope <code>operator:act</code>.
    </p>
  );
}

interface NoteFieldProps {
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly disabled?: boolean;
}

/** Why it is done: whoever discards money says so. */
export function NoteField(props: NoteFieldProps) {
  return (
    <Field label="Note" placeholder="why; needed to discard" maxLength={500} isInline {...props} />
  );
}
