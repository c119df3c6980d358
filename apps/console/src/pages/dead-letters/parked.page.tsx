import { useState } from 'react';
import { post, Problem, useJson } from '../../api.js';
import { Button } from '../../components/button.js';
import { Icon } from '../../components/icon.js';
import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Table, type Column } from '../../components/table.js';
import textStyles from '../../components/text.module.css';
import { Money, Time } from '../../components/value.js';
import { DatacenterSwitch } from '../../datacenters/datacenter-switch.js';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import { countOf } from '../../format.js';
import { Link } from '../../router.js';
import { useMayAct } from '../../session.js';
import { ActsBar, LookingOnly, NoteField } from './acts-bar.js';
import { Choose } from './choose.js';
import { CommandLink } from './command-link.js';
import { parkedPayIns, type ActResult, type ParkedPayIn } from './letter.js';

interface ParkedList {
  readonly items: readonly ParkedPayIn[];
  readonly nextCursor: string | null;
}

/** Pay-ins whose account is not known at their datacenter yet. */
export function ParkedPage({ title }: { readonly title: string }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { api, to, name } = useDatacenter();
  const { data, problem, isLoading, reload } = useJson<ParkedList>(api('parked-pay-ins?limit=200'));
  const choose = (id: string, isChosen: boolean): void => {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <Page
      title={title}
      lead={`Their account is not known at ${name} yet. They are tried again by themselves, and become dead letters after an hour.`}
      actions={<Link to={to('dead-letters')}>Dead letters</Link>}
    >
      <DatacenterSwitch what="waiting" count={parkedPayIns} to="parked" />
      <Panel title={data ? countOf(data.items.length, 'pay-in') : 'Pay-ins'}>
        {isLoading && <Loading what="parked pay-ins" />}
        {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
        {data?.items.length === 0 && <Empty title="Nothing is parked" />}
        {data !== undefined && data.items.length > 0 && (
          <>
            <ParkedActs
              chosen={chosen}
              onDone={() => {
                setChosen(new Set());
                reload();
              }}
            />
            <Table
              caption="Parked pay-ins"
              columns={columnsFor(chosen, choose)}
              rows={data.items}
              keyOf={({ id }) => id}
            />
          </>
        )}
      </Panel>
    </Page>
  );
}

function columnsFor(
  chosen: ReadonlySet<string>,
  choose: (id: string, isChosen: boolean) => void,
): readonly Column<ParkedPayIn>[] {
  return [
    {
      title: 'Message',
      cell: ({ id }) => (
        <Choose isChosen={chosen.has(id)} onChoose={(isChosen) => choose(id, isChosen)}>
          <span className={textStyles.breakable}>{id}</span>
        </Choose>
      ),
    },
    { title: 'Parked', cell: ({ parkedAt }) => <Time at={parkedAt} /> },
    { title: 'Account', cell: ({ accountId }) => accountId },
    { title: 'Waits for', cell: ({ home }) => home ?? 'its account' },
    {
      title: 'Amount',
      isNumber: true,
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
    },
    {
      title: 'Command',
      isWide: true,
      cell: ({ commandId }) => <CommandLink commandId={commandId} />,
    },
  ];
}

interface ParkedActsProps {
  readonly chosen: ReadonlySet<string>;
  readonly onDone: () => void;
}

function ParkedActs({ chosen, onDone }: ParkedActsProps) {
  const { api } = useDatacenter();
  const isActor = useMayAct();
  const [note, setNote] = useState('');
  const [said, setSaid] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const act = async (verb: 'retry' | 'discard'): Promise<void> => {
    setProblem(undefined);
    const ids = [...chosen];
    const body = {
      ...(ids.length > 0 && { ids }),
      ...(note.trim() !== '' && { note: note.trim() }),
    };
    try {
      const { results } = await post<{ results: readonly ActResult[] }>(
        api(`parked-pay-ins/${verb}`),
        body,
      );
      const counts = new Map<string, number>();
      for (const { result } of results) counts.set(result, (counts.get(result) ?? 0) + 1);
      setSaid(
        [...counts].map(([result, count]) => `${count} ${result}`).join(', ') || 'nothing to do',
      );
      setNote('');
      onDone();
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
    }
  };
  if (!isActor) return <LookingOnly />;
  return (
    <>
      <ActsBar label="Act on parked pay-ins">
        <span className={textStyles.quiet} role="status">
          {said ?? `${countOf(chosen.size, 'pay-in')} chosen`}
        </span>
        <NoteField value={note} onText={setNote} />
        <Button onClick={() => void act('retry')}>
          <Icon name="replay" /> {chosen.size === 0 ? 'Try all now' : 'Try chosen now'}
        </Button>
        <Button
          look="danger"
          disabled={chosen.size === 0 || note.trim() === ''}
          onClick={() => void act('discard')}
        >
          <Icon name="bin" /> Discard chosen
        </Button>
      </ActsBar>
      {problem !== undefined && <ProblemNote problem={problem} />}
    </>
  );
}
