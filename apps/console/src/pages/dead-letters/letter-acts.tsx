import { useState, type FormEvent } from 'react';
import { post, Problem } from '../../api.js';
import { Button } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { Form } from '../../components/form.js';
import { Icon } from '../../components/icon.js';
import { Panel } from '../../components/panel.js';
import { Empty, ProblemNote } from '../../components/states.js';
import textStyles from '../../components/text.module.css';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import { useMayAct } from '../../session.js';
import { LookingOnly } from './acts-bar.js';
import { CorrectionForm } from './correction-form.js';
import { letterPath, type Act, type ActResult, type WholeLetter } from './letter.js';
import styles from './letter-acts.module.css';

type Outcome = Omit<ActResult, 'id'>;

interface LetterActsProps {
  readonly letter: WholeLetter;
  readonly onActed: (outcome: Outcome) => void;
}

const labels: Readonly<Record<Act, string>> = {
  replay: 'Replay',
  correct: 'Correct',
  discard: 'Discard',
};

/** Replay as it is, correct, or discard: one of them at a time. */
export function LetterActs({ letter, onActed }: LetterActsProps) {
  const { api } = useDatacenter();
  const isActor = useMayAct();
  const { allowedActs } = letter;
  const [act, setAct] = useState<Act>(allowedActs.includes('correct') ? 'correct' : 'discard');
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const send = async (body: object): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      onActed(await post<Outcome>(`${api(letterPath(letter.id))}/${act}`, body));
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  if (!isActor) {
    return (
      <Panel title="What to do">
        <LookingOnly />
      </Panel>
    );
  }
  if (allowedActs.length === 0) {
    return (
      <Panel title="What to do">
        <Empty title={`This letter is ${letter.status}`}>Nothing is left to do about it.</Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title="What to do"
      aside={
        <div className={styles.tabs} role="group" aria-label="Act">
          {allowedActs.map((allowed) => (
            <button
              key={allowed}
              type="button"
              aria-pressed={allowed === act}
              onClick={() => {
                setAct(allowed);
                setProblem(undefined);
              }}
            >
              {labels[allowed]}
            </button>
          ))}
        </div>
      }
    >
      {act === 'correct' ? (
        <CorrectionForm letter={letter} isBusy={isBusy} problem={problem} onSend={send} />
      ) : (
        <NoteForm key={act} act={act} isBusy={isBusy} onSend={send} />
      )}
      {problem !== undefined && <ProblemNote problem={problem} />}
    </Panel>
  );
}

interface NoteFormProps {
  readonly act: 'replay' | 'discard';
  readonly isBusy: boolean;
  readonly onSend: (body: object) => Promise<void>;
}

function NoteForm({ act, isBusy, onSend }: NoteFormProps) {
  const [note, setNote] = useState('');
  const isDiscard = act === 'discard';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void onSend(note.trim() === '' ? {} : { note: note.trim() });
  };
  return (
    <Form onSubmit={submit}>
      <p className={textStyles.quiet}>
        {isDiscard
          ? 'It will never be credited, nor what brings its command id again. The letter and its bytes are kept.'
          : 'The same bytes are judged again: for when the cause is gone, such as an account that is known by now.'}
      </p>
      <Field
        label={isDiscard ? 'Why?' : 'Note, if any'}
        value={note}
        onText={setNote}
        maxLength={500}
        required={isDiscard}
      />
      <div>
        <Button
          type="submit"
          look={isDiscard ? 'danger' : 'main'}
          disabled={isBusy || (isDiscard && note.trim() === '')}
        >
          <Icon name={isDiscard ? 'bin' : 'replay'} />{' '}
          {isDiscard ? 'Discard for good' : 'Replay now'}
        </Button>
      </div>
    </Form>
  );
}
