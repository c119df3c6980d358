import { useState, type FormEvent } from 'react';
import { post, Problem } from '../../api.js';
import { Button } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { SearchForm } from '../../components/form.js';
import { Panel } from '../../components/panel.js';
import { Empty, ProblemNote } from '../../components/states.js';
import { Status } from '../../components/status.js';
import textStyles from '../../components/text.module.css';
import { Money } from '../../components/value.js';
import { datacenter } from '../../format.js';
import { isZero } from './account.js';
import styles from './pay-out-preview.module.css';
import { TakenParts } from './taken-parts.js';

interface Preview {
  readonly covered: boolean;
  readonly parts: readonly { readonly node: number; readonly amount: string }[];
  readonly spendable: string;
  readonly stranded: string;
  readonly unreachableNodes: readonly number[];
}

interface PreviewProps {
  readonly accountId: string;
  readonly currency: string;
}

interface Outcome {
  readonly amount: string;
  readonly preview?: Preview;
  readonly problem?: Problem;
}

/** Where a pay-out would come from; nothing is moved. */
export function PayOutPreview({ accountId, currency }: PreviewProps) {
  const [amount, setAmount] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      const preview = await post<Preview>('/v1/pay-outs/preview', { accountId, amount, currency });
      setOutcome({ amount, preview });
    } catch (error) {
      if (error instanceof Problem) setOutcome({ amount, problem: error });
    }
  };
  const violation = outcome?.problem?.fields.find(({ field }) => field === 'amount')?.message;
  return (
    <Panel title="Where would a pay-out come from?" aside="moves nothing">
      <SearchForm onSubmit={(event) => void submit(event)}>
        <Field
          label={`Amount in ${currency}`}
          value={amount}
          onText={setAmount}
          inputMode="decimal"
          placeholder="80.00"
          error={violation}
          required
        />
        <Button type="submit" look="main">
          Preview
        </Button>
      </SearchForm>
      <div aria-live="polite">
        {outcome === undefined && (
          <Empty title="No amount yet" icon="drain">
            This datacenter's part goes first; the rest is drained from the others.
          </Empty>
        )}
        {outcome?.problem !== undefined && violation === undefined && (
          <ProblemNote problem={outcome.problem} />
        )}
        {outcome?.preview !== undefined && (
          <PreviewAnswer amount={outcome.amount} preview={outcome.preview} currency={currency} />
        )}
      </div>
    </Panel>
  );
}

interface AnswerProps {
  readonly amount: string;
  readonly preview: Preview;
  readonly currency: string;
}

function PreviewAnswer({ amount, preview, currency }: AnswerProps) {
  const { covered, parts, spendable, stranded, unreachableNodes } = preview;
  return (
    <div className={styles.answer}>
      <p>
        {covered ? (
          <Status tone="good">
            covered, from {parts.length === 1 ? 'one datacenter' : `${parts.length} datacenters`}
          </Status>
        ) : (
          <Status tone="bad">not covered by what can be reached</Status>
        )}
      </p>
      <TakenParts parts={parts} amount={amount} currency={currency} />
      <p className={textStyles.small}>
        <Money amount={spendable} currency={currency} /> spendable from here
        {!isZero(stranded) && (
          <>
            , <Money amount={stranded} currency={currency} /> stranded at{' '}
            {unreachableNodes.map(datacenter).join(', ')}
          </>
        )}
      </p>
    </div>
  );
}
