import { useState } from 'react';
import { post, Problem } from '../../api.js';
import { Button } from '../../components/button.js';
import { Icon } from '../../components/icon.js';
import { Note } from '../../components/note.js';
import { ProblemNote } from '../../components/states.js';
import { Status } from '../../components/status.js';
import textStyles from '../../components/text.module.css';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import { countOf } from '../../format.js';
import { useMayAct } from '../../session.js';
import { ActsBar, LookingOnly, NoteField } from './acts-bar.js';
import styles from './bulk-acts.module.css';
import { Choose } from './choose.js';
import { describeResult, type ActResult, type Letter } from './letter.js';

interface BulkActsProps {
  readonly letters: readonly Letter[];
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (chosen: ReadonlySet<string>) => void;
  readonly onDone: () => void;
}

/** Acts on all that are chosen, and says what became of each. */
export function BulkActs({ letters, chosen, onChosen, onDone }: BulkActsProps) {
  const [note, setNote] = useState('');
  const [results, setResults] = useState<readonly ActResult[]>();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const { api } = useDatacenter();
  const isActor = useMayAct();
  const open = letters.filter(({ status }) => status === 'open').map(({ id }) => id);
  const act = async (verb: 'replay' | 'discard'): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const body = { act: verb, ids: [...chosen], ...noteOf(note) };
      const answer = await post<{ results: readonly ActResult[] }>(api('dead-letters/bulk'), body);
      setResults(answer.results);
      setNote('');
      onDone();
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const isAll = open.length > 0 && open.every((id) => chosen.has(id));
  if (!isActor) return open.length > 0 && <LookingOnly />;
  return (
    <>
      {open.length > 0 && (
        <ActsBar label="Act on the chosen letters">
          <Choose isChosen={isAll} onChoose={(isChosen) => onChosen(new Set(isChosen ? open : []))}>
            All on this page
          </Choose>
          <span className={textStyles.quiet} role="status">
            {countOf(chosen.size, 'letter')} chosen
          </span>
          <NoteField value={note} onText={setNote} disabled={chosen.size === 0} />
          <Button disabled={chosen.size === 0 || isBusy} onClick={() => void act('replay')}>
            <Icon name="replay" /> Replay chosen
          </Button>
          <Button
            look="danger"
            disabled={chosen.size === 0 || note.trim() === '' || isBusy}
            onClick={() => void act('discard')}
          >
            <Icon name="bin" /> Discard chosen
          </Button>
        </ActsBar>
      )}
      {problem !== undefined && <ProblemNote problem={problem} />}
      {results !== undefined && <Results results={results} />}
    </>
  );
}

function noteOf(text: string): { readonly note?: string } {
  return text.trim() === '' ? {} : { note: text.trim() };
}

function Results({ results }: { readonly results: readonly ActResult[] }) {
  return (
    <Note
      tone="good"
      role="status"
      icon="check"
      title={`What became of ${countOf(results.length, 'letter')}`}
      className={styles.results}
    >
      <ul>
        {results.map((result) => {
          const { tone, text: said } = describeResult(result);
          return (
            <li key={result.id}>
              <code className={textStyles.breakable}>{result.id}</code>{' '}
              <Status tone={tone}>{said}</Status>
            </li>
          );
        })}
      </ul>
    </Note>
  );
}
