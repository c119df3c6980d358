import { Fact, FactList } from '../../components/fact.js';
import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Status, type Tone } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import { datacenter, formatCount, formatSeconds } from '../../format.js';
import {
  DOUBT_SECONDS,
  known,
  type DoubtStage,
  type NodeAnswer,
  type Overview,
} from '../../live/snapshot.js';
import { useOverview } from '../../live/use-overview.js';

const meanings: readonly (readonly [DoubtStage['stage'], string])[] = [
  ['undecided', 'Begun here, past its deadline and not decided: recovery aborts it.'],
  ['untold', 'Decided here, and a donor has not heard it: it is told again until it has.'],
  ['reserved', 'Money is held here past the deadline: the decision is asked for.'],
];

function stateOf(stages: readonly DoubtStage[]): { tone: Tone; word: string } {
  const open = stages.filter(({ drains }) => drains > 0);
  const oldest = Math.max(0, ...open.map(({ oldestSeconds }) => oldestSeconds));
  if (open.length === 0) return { tone: 'good', word: 'none' };
  if (oldest <= DOUBT_SECONDS) return { tone: 'good', word: 'ending' };
  return oldest > 6 * DOUBT_SECONDS
    ? { tone: 'bad', word: 'stuck' }
    : { tone: 'warn', word: 'in doubt' };
}

const stagesOf = ({ snapshot }: NodeAnswer): readonly DoubtStage[] | undefined =>
  known(snapshot?.drains)?.stages;

function stageCell(answer: NodeAnswer, wanted: DoubtStage['stage']): string {
  const found = stagesOf(answer)?.find(({ stage }) => stage === wanted);
  if (found === undefined) return '–';
  if (found.drains === 0) return '0';
  return `${formatCount(found.drains)}, oldest ${formatSeconds(found.oldestSeconds)}`;
}

const columns: readonly Column<NodeAnswer>[] = [
  { title: 'Datacenter', cell: ({ node }) => <strong>{datacenter(node)}</strong> },
  {
    title: 'State',
    cell: (answer) => {
      const stages = stagesOf(answer);
      if (stages === undefined) return <Status tone="quiet">not known</Status>;
      const { tone, word } = stateOf(stages);
      return <Status tone={tone}>{word}</Status>;
    },
  },
  ...meanings.map(([stage]) => ({
    title: stage[0]!.toUpperCase() + stage.slice(1),
    isNumber: true,
    cell: (answer: NodeAnswer) => stageCell(answer, stage),
  })),
];

/** Drains that have not ended everywhere; recovery ends them without a hand, while nodes answer. */
export function DrainsPage({ title }: { readonly title: string }) {
  const { overview, problem } = useOverview();
  return (
    <Page
      title={title}
      lead="Pay-outs that took money from several datacenters and have not ended at each of them. Recovery ends them within seconds of healing; nobody has to."
    >
      {overview === undefined && problem === undefined && <Loading what="drains" />}
      {overview === undefined && problem !== undefined && <ProblemNote problem={problem} />}
      {overview !== undefined && <Stages overview={overview} />}
    </Page>
  );
}

function Stages({ overview: { nodes } }: { readonly overview: Overview }) {
  const silent = nodes.filter((answer) => stagesOf(answer) === undefined);
  const isQuiet = nodes.every((answer) => stagesOf(answer)?.every(({ drains }) => drains === 0));
  return (
    <>
      <Panel title="By datacenter and stage" aside="live">
        {isQuiet && (
          <Empty title="No drain is in doubt">Every drain has ended at every datacenter.</Empty>
        )}
        {silent.length > 0 && (
          <Empty
            title={`No answer from ${silent.map(({ node }) => datacenter(node)).join(', ')}`}
            icon="unknown"
          >
            Money that it holds for a drain stays held until it is back, and is in nobody else's
            balance.
          </Empty>
        )}
        <Table
          caption="Drains in doubt by datacenter and stage"
          columns={columns}
          rows={nodes}
          keyOf={({ node }) => node}
        />
      </Panel>
      <Panel title="What the stages mean">
        <FactList>
          {meanings.map(([stage, meaning]) => (
            <Fact key={stage} term={stage}>
              {meaning}
            </Fact>
          ))}
        </FactList>
      </Panel>
    </>
  );
}
