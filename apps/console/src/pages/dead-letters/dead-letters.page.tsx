import { useState } from 'react';
import { useJson } from '../../api.js';
import { Choice, Field } from '../../components/field.js';
import { Page } from '../../components/page.js';
import { Pager } from '../../components/pager.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { DatacenterSwitch } from '../../datacenters/datacenter-switch.js';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import { countOf, words } from '../../format.js';
import { go, Link } from '../../router.js';
import { BulkActs } from './bulk-acts.js';
import styles from './dead-letters.module.css';
import { openLetters, reasons, statuses, type LetterPage } from './letter.js';
import { LetterTable } from './letter-table.js';

const filters = ['status', 'reason', 'accountId', 'commandId'] as const;

interface DeadLettersPageProps {
  readonly title: string;
  readonly query: URLSearchParams;
}

/** Messages that cannot be applied, at one datacenter: found, chosen, and acted on together. */
export function DeadLettersPage({ title, query }: DeadLettersPageProps) {
  const { to, name } = useDatacenter();
  const here = new URLSearchParams(query);
  here.delete('node');
  return (
    <Page
      title={title}
      lead={`Pay-ins of ${name} that cannot be applied as they are. Nothing is lost: correct and replay them, or discard them with a note.`}
      actions={<Link to={to('parked')}>Parked pay-ins</Link>}
    >
      <DatacenterSwitch
        what="open"
        count={openLetters}
        to={`dead-letters${here.size === 0 ? '' : `?${here.toString()}`}`}
      />
      <Filter query={query} />
      <Letters key={query.toString()} query={query} />
    </Page>
  );
}

function Filter({ query }: { readonly query: URLSearchParams }) {
  const change = (name: string, value: string): void => {
    const next = new URLSearchParams(query);
    if (value === '') next.delete(name);
    else next.set(name, value);
    go(`dead-letters?${next.toString()}`, { replace: true });
  };
  const known = query.get('reason') ?? '';
  return (
    <div className={styles.filter} role="group" aria-label="Filter">
      <Choice
        label="Status"
        value={query.get('status') ?? 'open'}
        options={statuses.map((status) => ({ value: status, label: status }))}
        onChoice={(value) => change('status', value)}
      />
      <Choice
        label="Reason"
        value={known}
        options={[
          { value: '', label: 'any' },
          ...reasons.map((reason) => ({ value: reason, label: words(reason) })),
        ]}
        onChoice={(value) => change('reason', value)}
      />
      <LateField
        label="Account id"
        value={query.get('accountId') ?? ''}
        onValue={(value) => change('accountId', value)}
      />
      <LateField
        label="Command id"
        value={query.get('commandId') ?? ''}
        onValue={(value) => change('commandId', value)}
      />
    </div>
  );
}

interface LateFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** Filters on Enter or when it is left, not at every letter. */
function LateField({ label, value, onValue }: LateFieldProps) {
  const [text, setText] = useState(value);
  const settle = (): void => {
    if (text.trim() !== value) onValue(text.trim());
  };
  return (
    <Field
      label={label}
      value={text}
      onText={setText}
      onBlur={settle}
      onKeyDown={(event) => event.key === 'Enter' && settle()}
    />
  );
}

function Letters({ query }: { readonly query: URLSearchParams }) {
  const { api, name } = useDatacenter();
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const wanted = new URLSearchParams({ limit: '50' });
  for (const name of filters) {
    const value = query.get(name);
    if (value !== null && value !== '') wanted.set(name, value);
  }
  const cursor = cursors.at(-1);
  if (cursor !== undefined) wanted.set('cursor', cursor);
  const { data, problem, isLoading, reload } = useJson<LetterPage>(
    api(`dead-letters?${wanted.toString()}`),
  );
  const turn = (next: readonly string[]): void => {
    setChosen(new Set());
    setCursors(next);
  };
  const next = data?.nextCursor ?? null;
  return (
    <Panel
      title={data === undefined ? 'Found' : `${countOf(data.counts.open, 'letter')} open`}
      aside={data && <ReasonCounts byReason={data.counts.byReason} />}
    >
      {isLoading && <Loading what="dead letters" />}
      {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
      {data !== undefined && (
        <BulkActs
          letters={data.items}
          chosen={chosen}
          onChosen={setChosen}
          onDone={() => {
            setChosen(new Set());
            reload();
          }}
        />
      )}
      {data !== undefined && data.items.length === 0 && (
        <Empty title={data.counts.open === 0 ? 'No dead letter is open' : 'None fits the filter'}>
          {data.counts.open === 0 && `Every pay-in of ${name} could be applied.`}
        </Empty>
      )}
      {data !== undefined && data.items.length > 0 && (
        <LetterTable letters={data.items} chosen={chosen} onChosen={setChosen} />
      )}
      <Pager cursors={cursors} next={next} onTurn={turn} />
    </Panel>
  );
}

function ReasonCounts({ byReason }: { readonly byReason: Readonly<Record<string, number>> }) {
  const entries = Object.entries(byReason).filter(([, count]) => count > 0);
  return (
    <ul className={styles.reasons}>
      {entries.map(([reason, count]) => (
        <li key={reason}>
          <strong>{count}</strong> {words(reason)}
        </li>
      ))}
    </ul>
  );
}
