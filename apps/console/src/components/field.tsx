import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type TextareaHTMLAttributes,
} from 'react';
import styles from './field.module.css';

interface FrameProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  /** The label stands beside it. */
  readonly isInline?: boolean | undefined;
  readonly children: ReactNode;
}

function Frame({ id, label, hint, error, isInline, children }: FrameProps) {
  const isBad = error !== undefined;
  return (
    <div className={styles.field} data-inline={isInline || undefined}>
      <label htmlFor={id}>{label}</label>
      {children}
      {(isBad || hint !== undefined) && (
        <p id={`${id}-note`} className={styles.hint} data-bad={isBad || undefined}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

interface FieldProps extends Omit<
  InputHTMLAttributes<HTMLInputElement>,
  'id' | 'className' | 'onChange'
> {
  readonly label: string;
  readonly error?: string | undefined;
  readonly isInline?: boolean;
  readonly onText: (text: string) => void;
}

export function Field({ label, error, isInline, onText, ...input }: FieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} error={error} isInline={isInline}>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-note`}
        onChange={(event) => onText(event.target.value)}
        {...input}
      />
    </Frame>
  );
}

interface LongFieldProps extends Omit<
  TextareaHTMLAttributes<HTMLTextAreaElement>,
  'id' | 'className' | 'onChange'
> {
  readonly label: string;
  readonly hint: ReactNode;
  readonly onText: (text: string) => void;
}

export function LongField({ label, hint, onText, ...area }: LongFieldProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint}>
      <textarea
        id={id}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-note`}
        onChange={(event) => onText(event.target.value)}
        {...area}
      />
    </Frame>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly isInline?: boolean;
  readonly onChoice: (value: string) => void;
}

export function Choice({ label, value, options, isInline, onChoice }: ChoiceProps) {
  const id = useId();
  return (
    <Frame id={id} label={label} isInline={isInline}>
      <select id={id} value={value} onChange={(event) => onChoice(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}
