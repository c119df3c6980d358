import { Status } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import { datacenter, formatCount, formatRate, formatSeconds } from '../../format.js';
import { drainsInDoubt, known, type NodeAnswer, type Overview } from '../../live/snapshot.js';
import { healthOf } from './datacenter-map.js';

const count = (value: number | undefined): string =>
  value === undefined ? '–' : formatCount(value);

const columns: readonly Column<NodeAnswer>[] = [
  {
    title: 'Datacenter',
    cell: (answer) => <strong>{datacenter(answer.node)}</strong>,
  },
  {
    title: 'Health',
    cell: (answer) => {
      const { tone, word } = healthOf(answer);
      return <Status tone={tone}>{word}</Status>;
    },
  },
  {
    title: 'Waiting',
    isNumber: true,
    cell: ({ snapshot }) => count(known(snapshot?.lag)?.messages),
  },
  {
    title: 'Oldest',
    isNumber: true,
    cell: ({ snapshot }) => {
      const lag = known(snapshot?.lag);
      return lag === undefined ? '–' : formatSeconds(lag.oldestSeconds);
    },
  },
  {
    title: 'Arriving /s',
    isNumber: true,
    cell: ({ snapshot }) => formatRate(snapshot?.rates.arriving ?? null),
  },
  {
    title: 'Applied /s',
    isNumber: true,
    cell: ({ snapshot }) => formatRate(snapshot?.rates.applied ?? null),
  },
  {
    title: 'Pay-outs /s',
    isNumber: true,
    cell: ({ snapshot }) => formatRate(snapshot?.rates.payOuts ?? null),
  },
  {
    title: 'Dead letters',
    isNumber: true,
    cell: ({ snapshot }) => count(known(snapshot?.deadLetters)?.open),
  },
  {
    title: 'Parked',
    isNumber: true,
    cell: ({ snapshot }) => count(known(snapshot?.parked)?.count),
  },
  {
    title: 'In doubt',
    isNumber: true,
    cell: ({ snapshot }) => {
      if (known(snapshot?.drains) === undefined) return '–';
      return count(drainsInDoubt(snapshot!).count);
    },
  },
];

export function DatacenterTable({ overview }: { readonly overview: Overview }) {
  return (
    <Table
      caption="Work at each datacenter"
      columns={columns}
      rows={overview.nodes}
      keyOf={({ node }) => node}
    />
  );
}
