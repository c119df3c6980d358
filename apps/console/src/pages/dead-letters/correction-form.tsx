import { useState, type FormEvent } from 'react';
import type { Problem } from '../../api.js';
import { Button } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { Form } from '../../components/form.js';
import { Icon } from '../../components/icon.js';
import styles from './correction-form.module.css';
import type { WholeLetter } from './letter.js';

interface Draft {
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  readonly reference: string;
  readonly note: string;
}

interface CorrectionFormProps {
  readonly letter: WholeLetter;
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly onSend: (body: object) => Promise<void>;
}

/** The pay-in as it should have been; what can be read of the letter is filled in. */
export function CorrectionForm({ letter, isBusy, problem, onSend }: CorrectionFormProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(letter));
  const set = (name: keyof Draft) => (text: string) =>
    setDraft((last) => ({ ...last, [name]: text }));
  const errorOf = (field: string): string | undefined =>
    problem?.fields.find((one) => one.field === field)?.message;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { accountId, amount, currency, reference, note } = draft;
    const payIn = {
      accountId: accountId.trim(),
      amount: amount.trim(),
      currency: currency.trim(),
      ...(reference.trim() !== '' && { reference: reference.trim() }),
    };
    void onSend({ payIn, note: note.trim() });
  };
  return (
    <Form onSubmit={submit}>
      <div className={styles.two}>
        <Field
          label="Account id"
          value={draft.accountId}
          onText={set('accountId')}
          error={errorOf('payIn.accountId')}
          required
        />
        <Field
          label="Reference, if any"
          value={draft.reference}
          onText={set('reference')}
          error={errorOf('payIn.reference')}
        />
        <Field
          label="Amount"
          value={draft.amount}
          onText={set('amount')}
          inputMode="decimal"
          error={errorOf('payIn.amount')}
          required
        />
        <Field
          label="Currency"
          value={draft.currency}
          onText={set('currency')}
          error={errorOf('payIn.currency')}
          required
        />
      </div>
      <Field
        label="Why is this right?"
        value={draft.note}
        onText={set('note')}
        error={errorOf('note')}
        maxLength={500}
        required
      />
      <div>
        <Button type="submit" look="main" disabled={isBusy}>
          <Icon name="pen" /> Credit as corrected
        </Button>
      </div>
    </Form>
  );
}

function draftOf({ accountId, amount, currency, value }: WholeLetter): Draft {
  const read = readFields(value?.text ?? '');
  return {
    accountId: accountId ?? read('accountId'),
    amount: amount ?? read('amount'),
    currency: currency ?? read('currency'),
    reference: read('reference'),
    note: '',
  };
}

/** Whatever can be read: a message that is not JSON has nothing. */
function readFields(text: string): (name: string) => string {
  let message: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) message = parsed as Record<string, unknown>;
  } catch {
    // The operator fills it in.
  }
  return (name) => {
    const value = message[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
}
