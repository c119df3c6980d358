import type { ReactNode } from 'react';
import styles from './choose.module.css';

interface ChooseProps {
  readonly isChosen: boolean;
  readonly onChoose: (isChosen: boolean) => void;
  /** Where what stands beside the box is a link, and so cannot be its label. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

/** A box to tick, with what it chooses beside it. */
export function Choose({ isChosen, onChoose, label, disabled, children }: ChooseProps) {
  const Frame = label === undefined ? 'label' : 'span';
  return (
    <Frame className={styles.choose}>
      <input
        type="checkbox"
        aria-label={label}
        disabled={disabled}
        checked={isChosen}
        onChange={(event) => onChoose(event.target.checked)}
      />
      {children}
    </Frame>
  );
}
