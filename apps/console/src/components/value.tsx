import { useState } from 'react';
import { formatAmount, formatTime, formatUtc } from '../format.js';
import { IconButton } from './button.js';
import styles from './value.module.css';

/** Money as it came, with its currency. */
export function Money({
  amount,
  currency,
}: {
  readonly amount: string;
  readonly currency: string;
}) {
  return (
    <span className={styles.money}>
      {formatAmount(amount)} <span className={styles.currency}>{currency}</span>
    </span>
  );
}

/** The figure that a page is about. */
export function Total(props: { readonly amount: string; readonly currency: string }) {
  return (
    <p className={styles.total}>
      <Money {...props} />
    </p>
  );
}

/** Local time; UTC is in its title. */
export function Time({ at }: { readonly at: string | null | undefined }) {
  if (at === null || at === undefined) return <>–</>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={formatUtc(date)}>
      {formatTime(date)}
    </time>
  );
}

/** An id in full, ready to be copied. */
export function Id({ value, label }: { readonly value: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <span className={styles.id}>
      <code>{value}</code>
      <IconButton
        icon={isCopied ? 'check' : 'copy'}
        size={14}
        label={isCopied ? `${label} copied` : `Copy ${label}`}
        onClick={() => void copy()}
      />
    </span>
  );
}
