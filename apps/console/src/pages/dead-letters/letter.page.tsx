import { useState } from 'react';
import { useJson } from '../../api.js';
import { Page } from '../../components/page.js';
import { Note } from '../../components/note.js';
import { Panel, PanelPair } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Status } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import { Fact, FactList } from '../../components/fact.js';
import textStyles from '../../components/text.module.css';
import { Id, Time } from '../../components/value.js';
import { DatacenterSwitch } from '../../datacenters/datacenter-switch.js';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import { words } from '../../format.js';
import { Link } from '../../router.js';
import { BytesView } from './bytes-view.js';
import { CommandLink, LookUp } from './command-link.js';
import {
  describeResult,
  letterPath,
  openLetters,
  type ActResult,
  type LetterAct,
  type WholeLetter,
} from './letter.js';
import styles from './letter.module.css';
import { LetterActs } from './letter-acts.js';
import { LetterAmount, LetterState } from './letter-table.js';

/** One dead letter: why, its bytes, what was done about it by whom, and what can be. */
export function LetterPage({ title, id }: { readonly title: string; readonly id: string }) {
  const { api, to } = useDatacenter();
  const { data, problem, isLoading, reload } = useJson<WholeLetter>(api(letterPath(id)));
  const [result, setResult] = useState<Omit<ActResult, 'id'>>();
  const said = result && describeResult(result);
  return (
    <Page
      title={title}
      lead={<Id value={id} label="name of the letter" />}
      actions={<Link to={to('dead-letters')}>All dead letters</Link>}
    >
      <DatacenterSwitch what="open" count={openLetters} to="dead-letters" />
      {isLoading && <Loading what="the letter" />}
      {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
      {said !== undefined && (
        <Note tone={said.tone} role="status" className={styles.said}>
          <Status tone={said.tone}>{said.text}</Status>
        </Note>
      )}
      {data !== undefined && (
        <>
          <PanelPair>
            <FactsPanel letter={data} />
            <LetterActs
              key={data.status}
              letter={data}
              onActed={(outcome) => {
                setResult(outcome);
                reload();
              }}
            />
          </PanelPair>
          <Panel title="Value">
            <BytesView name="value" bytes={data.value} />
          </Panel>
          <Panel title="Key">
            <BytesView name="key" bytes={data.key} />
          </Panel>
          <Panel title="Who did what">
            <Acts acts={data.acts} />
          </Panel>
        </>
      )}
    </Page>
  );
}

function FactsPanel({ letter }: { readonly letter: WholeLetter }) {
  const { reason, detail, receivedAt, accountId, commandId, status } = letter;
  return (
    <Panel title={words(reason)} aside={<LetterState status={status} />}>
      <FactList>
        <Fact term="Detail">{detail}</Fact>
        <Fact term="Received">
          <Time at={receivedAt} />
        </Fact>
        <Fact term="Account">
          {accountId === null ? '–' : <Link to={`accounts/${accountId}`}>{accountId}</Link>}
        </Fact>
        <Fact term="Amount">
          <LetterAmount amount={letter.amount} currency={letter.currency} />
        </Fact>
        <Fact term="Command">
          {commandId === null ? (
            '–'
          ) : (
            <>
              <LookUp commandId={commandId} /> <Id value={commandId} label="command id" />
            </>
          )}
        </Fact>
      </FactList>
    </Panel>
  );
}

const columns: readonly Column<LetterAct>[] = [
  { title: 'When', cell: ({ at }) => <Time at={at} /> },
  { title: 'Who', cell: ({ client }) => <span className={textStyles.breakable}>{client}</span> },
  { title: 'What', cell: ({ act }) => words(act) },
  { title: 'Outcome', cell: ({ result }) => result ?? '–' },
  {
    title: 'Note',
    isWide: true,
    cell: ({ note }) => <span className={textStyles.breakable}>{note ?? '–'}</span>,
  },
  {
    title: 'New command',
    isWide: true,
    cell: ({ newCommandId }) =>
      newCommandId === undefined ? '–' : <CommandLink commandId={newCommandId} />,
  },
];

function Acts({ acts }: { readonly acts: readonly LetterAct[] }) {
  if (acts.length === 0)
    return <Empty title="Nobody has done anything about it yet" icon="clock" />;
  return <Table caption="Acts" columns={columns} rows={acts} keyOf={({ at, act }) => at + act} />;
}
