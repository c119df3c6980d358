import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Status, type Tone } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import { datacenter, formatCount, formatSeconds } from '../../format.js';
import { DOUBT_SECONDS, known, type DoubtStage, type Overview } from '../../live/snapshot.js';
import { useOverview } from '../../live/use-overview.js';

interface Row extends DoubtStage {
  readonly node: number;
}

const meanings: Readonly<Record<DoubtStage['stage'], string>> = {
  undecided: 'begun here, past its deadline, not decided: recovery aborts it',
  untold: 'decided here, and a donor has not heard it yet: it is told again',
  reserved: 'money is held here past the deadline: the decision is asked for',
};

function stateOf({ drains, oldestSeconds }: DoubtStage): { tone: Tone; word: string } {
  if (drains === 0) return { tone: 'good', word: 'none' };
  if (oldestSeconds <= DOUBT_SECONDS) return { tone: 'good', word: 'ending' };
  return oldestSeconds > 6 * DOUBT_SECONDS
    ? { tone: 'bad', word: 'stuck' }
    : { tone: 'warn', word: 'in doubt' };
}

const columns: readonly Column<Row>[] = [
  { title: 'Datacenter', cell: ({ node }) => <strong>{datacenter(node)}</strong> },
  { title: 'Stage', cell: ({ stage }) => stage },
  {
    title: 'State',
    cell: (row) => {
      const { tone, word } = stateOf(row);
      return <Status tone={tone}>{word}</Status>;
    },
  },
  { title: 'Drains', isNumber: true, cell: ({ drains }) => formatCount(drains) },
  {
    title: 'Oldest',
    isNumber: true,
    cell: ({ drains, oldestSeconds }) => (drains === 0 ? '–' : formatSeconds(oldestSeconds)),
  },
  {
    title: 'What it means',
    isWide: true,
    cell: ({ stage }) => <span className="quiet">{meanings[stage]}</span>,
  },
];

/** Drains that have not ended everywhere; recovery ends them without a hand, while nodes answer. */
export function DrainsPage() {
  const { overview, problem } = useOverview();
  return (
    <Page
      title="Drains in doubt"
      lead="Pay-outs that took money from several datacenters and have not ended at each of them. Recovery ends them within seconds of healing; nobody has to."
    >
      {overview === undefined && problem === undefined && <Loading what="drains" />}
      {overview === undefined && problem !== undefined && <ProblemNote problem={problem} />}
      {overview !== undefined && <Stages overview={overview} />}
    </Page>
  );
}

function Stages({ overview }: { readonly overview: Overview }) {
  const rows = overview.nodes.flatMap(({ node, snapshot }) =>
    (known(snapshot?.drains)?.stages ?? []).map((stage) => ({ node, ...stage })),
  );
  const silent = overview.nodes.filter(({ snapshot }) => known(snapshot?.drains) === undefined);
  const open = rows.filter(({ drains }) => drains > 0);
  return (
    <>
      {open.length === 0 && silent.length === 0 && (
        <Panel title="Now">
          <Empty title="No drain is in doubt">Every drain has ended at every datacenter.</Empty>
        </Panel>
      )}
      {silent.length > 0 && (
        <Panel title="Not known">
          <Empty
            title={`No answer from ${silent.map(({ node }) => datacenter(node)).join(', ')}`}
            icon="unknown"
          >
            Money that it holds for a drain stays held until it is back, and is in nobody else's
            balance.
          </Empty>
        </Panel>
      )}
      <Panel title="By stage" aside="live">
        <Table
          caption="Drains in doubt by datacenter and stage"
          columns={columns}
          rows={rows}
          keyOf={({ node, stage }) => `${node}-${stage}`}
        />
      </Panel>
    </>
  );
}
