import { useState } from 'react';
import { formatAmount, formatTime, formatUtc } from '../format.js';
import { Icon } from './icon.js';

/** Money as it came, with its currency. */
export function Money({
  amount,
  currency,
}: {
  readonly amount: string;
  readonly currency: string;
}) {
  return (
    <span className="money">
      {formatAmount(amount)} <span className="currency">{currency}</span>
    </span>
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
    <span className="id">
      <code>{value}</code>
      <button
        type="button"
        className="icon-button"
        onClick={() => void copy()}
        aria-label={isCopied ? `${label} copied` : `Copy ${label}`}
      >
        <Icon name={isCopied ? 'check' : 'copy'} size={14} />
      </button>
    </span>
  );
}
