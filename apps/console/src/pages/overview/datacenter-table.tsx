import { Status } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import { countOf, datacenter, formatCount, formatRate, formatSeconds } from '../../format.js';
import { drainsInDoubt, known, type NodeAnswer, type Overview } from '../../live/snapshot.js';
import { AUDIT_STALE_SECONDS } from '../../live/verdict.js';
import { Link } from '../../router.js';
import { healthOf } from './datacenter-map.js';
import styles from './datacenter-table.module.css';

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
    cell: ({ node, snapshot }) => (
      <CountLink to={`dead-letters?node=${node}`} value={known(snapshot?.deadLetters)?.open} />
    ),
  },
  {
    title: 'Parked',
    isNumber: true,
    cell: ({ node, snapshot }) => (
      <CountLink to={`parked?node=${node}`} value={known(snapshot?.parked)?.count} />
    ),
  },
  {
    title: 'In doubt',
    isNumber: true,
    cell: ({ snapshot }) => {
      if (known(snapshot?.drains) === undefined) return '–';
      return <CountLink to="drains" value={drainsInDoubt(snapshot!).count} />;
    },
  },
  { title: 'Audit', cell: (answer) => <AuditState answer={answer} /> },
];

/** Nothing is worth no link. */
function CountLink({ to, value }: { readonly to: string; readonly value: number | undefined }) {
  if (value === undefined || value === 0) return <>{count(value)}</>;
  return <Link to={to}>{count(value)}</Link>;
}

function AuditState({ answer: { node, snapshot } }: { readonly answer: NodeAnswer }) {
  const audit = known(snapshot?.audit);
  if (audit === undefined) return <>–</>;
  const { open, walkedSeconds } = audit;
  if (open > 0) {
    return (
      <Link to={`audit?node=${node}`} className={styles.fault}>
        <Status tone="bad">{countOf(open, 'fault')}</Status>
      </Link>
    );
  }
  if (walkedSeconds === null) return <Status tone="quiet">no walk yet</Status>;
  if (walkedSeconds > AUDIT_STALE_SECONDS) {
    return <Status tone="warn">{formatSeconds(walkedSeconds)} ago</Status>;
  }
  return <Status tone="good">no fault</Status>;
}

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
