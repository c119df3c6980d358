import { useState } from 'react';
import { post, Problem } from '../../api.js';
import { Field } from '../../components/field.js';
import { Icon } from '../../components/icon.js';
import { ProblemNote } from '../../components/states.js';
import { Status } from '../../components/status.js';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import { countOf } from '../../format.js';
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
  return (
    <>
      {open.length > 0 && (
        <div className="bulk" role="group" aria-label="Act on the chosen letters">
          <label className="choose-all">
            <input
              type="checkbox"
              checked={isAll}
              onChange={(event) => onChosen(new Set(event.target.checked ? open : []))}
            />
            All on this page
          </label>
          <span className="quiet" role="status">
            {countOf(chosen.size, 'letter')} chosen
          </span>
          <Field
            label="Note"
            placeholder="why; needed to discard"
            value={note}
            onText={setNote}
            maxLength={500}
            disabled={chosen.size === 0}
          />
          <button
            type="button"
            className="button"
            disabled={chosen.size === 0 || isBusy}
            onClick={() => void act('replay')}
          >
            <Icon name="replay" /> Replay chosen
          </button>
          <button
            type="button"
            className="button button-danger"
            disabled={chosen.size === 0 || note.trim() === '' || isBusy}
            onClick={() => void act('discard')}
          >
            <Icon name="bin" /> Discard chosen
          </button>
        </div>
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
    <div className="note note-good results" role="status">
      <Icon name="check" />
      <div>
        <p className="note-title">What became of {countOf(results.length, 'letter')}</p>
        <ul>
          {results.map((result) => {
            const { tone, text } = describeResult(result);
            return (
              <li key={result.id}>
                <code className="breakable">{result.id}</code> <Status tone={tone}>{text}</Status>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
