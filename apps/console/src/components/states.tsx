import type { ReactNode } from 'react';
import { Problem } from '../api.js';
import { datacenter } from '../format.js';
import { Button } from './button.js';
import { Icon, type IconName } from './icon.js';
import { Note } from './note.js';
import styles from './states.module.css';

export function Empty(props: {
  readonly title: string;
  readonly icon?: IconName;
  readonly children?: ReactNode;
}) {
  const { title, icon = 'check', children } = props;
  return (
    <div className={styles.empty}>
      <Icon name={icon} size={22} />
      <p className={styles.title}>{title}</p>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className={styles.loading} role="status">
      <span className={styles.bar} aria-hidden="true" />
      Reading {what} …
    </div>
  );
}

export function ProblemNote(props: {
  readonly problem: Problem;
  readonly onRetry?: () => void;
  readonly title?: string;
}) {
  const { problem, onRetry, title = titleOf(problem) } = props;
  return (
    <Note tone="bad" role="alert" icon="alert" title={title}>
      <p>{describe(problem)}</p>
      {problem.fields.length > 0 && (
        <ul>
          {problem.fields.map(({ field, message }) => (
            <li key={field + message}>
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </Note>
  );
}

function titleOf({ kind, status, members }: Problem): string {
  if (kind === 'datacenter-unreachable') {
    return `${datacenter(Number(members['node']))} does not answer`;
  }
  if (kind === 'missing-scope') return 'This token may not see it';
  if (kind === 'not-found') return 'Not found';
  if (kind === 'unavailable' || status === 0) return 'Not available now';
  return 'That did not work';
}

function describe({ kind, message, members }: Problem): string {
  if (kind !== 'missing-scope') return message;
  return `It lacks the scope ${String(members['scope'])}. Sign in with one that has it.`;
}
