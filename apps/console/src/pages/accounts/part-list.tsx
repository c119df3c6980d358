import type { ReactNode } from 'react';
import { Money } from '../../components/value.js';
import { datacenter } from '../../format.js';
import { shareOf } from './account.js';
import styles from './part-list.module.css';

export function PartList({ children }: { readonly children: ReactNode }) {
  return <ul className={styles.parts}>{children}</ul>;
}

interface PartRowProps {
  readonly node: number;
  readonly amount: string;
  readonly currency: string;
  /** Of what it is a part. */
  readonly total: string;
  readonly status?: ReactNode;
  readonly children?: ReactNode;
}

/** What one datacenter has or gives, with its share as a bar. */
export function PartRow({ node, amount, currency, total, status, children }: PartRowProps) {
  return (
    <li>
      <div className={styles.head}>
        <strong>{datacenter(node)}</strong>
        {status}
        <Money amount={amount} currency={currency} />
      </div>
      <svg
        className={styles.share}
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect className={styles.whole} width="100" height="4" />
        <rect className={styles.part} width={shareOf(amount, total) * 100} height="4" />
      </svg>
      {children}
    </li>
  );
}
