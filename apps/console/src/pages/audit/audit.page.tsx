import { useJson } from '../../api.js';
import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Status, type Tone } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import textStyles from '../../components/text.module.css';
import { Money, Time } from '../../components/value.js';
import { DatacenterSwitch } from '../../datacenters/datacenter-switch.js';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import {
  countOf,
  datacenter,
  formatAmount,
  formatCount,
  formatSigned,
  words,
} from '../../format.js';
import { known, type NodeSnapshot } from '../../live/snapshot.js';
import { Link } from '../../router.js';

interface Run {
  readonly walk: string;
  readonly status: 'checked' | 'unreachable' | 'behind';
  readonly beganAt: string;
  readonly steppedAt: string;
  readonly completedAt: string | null;
  readonly checked: string;
}

interface Fault {
  readonly check: string;
  readonly node: number;
  readonly accountId: string | null;
  readonly subject: string;
  readonly expectedMinor: string;
  readonly foundMinor: string;
  readonly detail: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly resolvedAt: string | null;
}

interface MoneyOfDeleted {
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
}

interface Audit {
  readonly node: number;
  readonly runs: readonly Run[];
  readonly faults: readonly Fault[];
  readonly total: number;
  /** A datacenter that has not been upgraded yet tells none. */
  readonly moneyOfDeleted?: readonly MoneyOfDeleted[];
  readonly moneyOfDeletedTotal?: number;
}

const EVERY_MS = 5_000;

/** What a datacenter's auditor looked at, and what it found. */
export function AuditPage({ title }: { readonly title: string }) {
  const { api } = useDatacenter();
  const { data, problem, isLoading, reload } = useJson<Audit>(api('audit'), EVERY_MS);
  return (
    <Page
      title={title}
      lead="Every rule that money must obey is checked all the time, in the background. What is found stays open until a whole walk no longer finds it."
    >
      <DatacenterSwitch what="open" isGrave count={openFaults} to="audit" />
      {isLoading && <Loading what="the audit" />}
      {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
      {data !== undefined && problem === undefined && <Results audit={data} />}
    </Page>
  );
}

function Results({ audit }: { readonly audit: Audit }) {
  const { node, runs, faults, total, moneyOfDeleted = [] } = audit;
  const open = faults.filter(({ resolvedAt }) => resolvedAt === null);
  const ended = faults.filter(({ resolvedAt }) => resolvedAt !== null);
  return (
    <>
      <Panel
        title={`Faults seen by ${datacenter(node)}`}
        aside={open.length > 0 && 'in minor units, such as cents'}
      >
        {open.length === 0 ? (
          <Empty title="No fault is open" icon={runs.length === 0 ? 'unknown' : 'audit'}>
            {runs.length === 0
              ? 'No walk has begun yet.'
              : 'Everything that was looked at adds up.'}
          </Empty>
        ) : (
          <Table caption="Open faults" columns={faultColumns} rows={open} keyOf={keyOf} />
        )}
      </Panel>
      {moneyOfDeleted.length > 0 && (
        <Panel
          title={`Left in deleted accounts at ${datacenter(node)}`}
          aside={`${countOf(audit.moneyOfDeletedTotal ?? 0, 'account')}; no fault: a correction takes it out`}
        >
          <Table
            caption="Left in deleted accounts"
            columns={leftColumns}
            rows={moneyOfDeleted}
            keyOf={({ accountId }) => accountId}
          />
        </Panel>
      )}
      <Panel title="Walks" aside="how far each is, and when it last saw everything">
        {runs.length === 0 ? (
          <Empty title="No walk has begun yet" icon="clock" />
        ) : (
          <Table caption="Walks" columns={runColumns} rows={runs} keyOf={({ walk }) => walk} />
        )}
      </Panel>
      {ended.length > 0 && (
        <Panel title="No longer found" aside={`of ${countOf(total, 'fault')} in all`}>
          <Table caption="Ended faults" columns={faultColumns} rows={ended} keyOf={keyOf} />
        </Panel>
      )}
    </>
  );
}

const openFaults = ({ audit }: NodeSnapshot): number | undefined => known(audit)?.open;

const keyOf = ({ check, node, accountId, subject }: Fault): string =>
  [check, node, accountId, subject].join('/');

const leftColumns: readonly Column<MoneyOfDeleted>[] = [
  {
    title: 'Account',
    cell: ({ accountId }) => <Link to={`accounts/${accountId}`}>{accountId}</Link>,
  },
  {
    title: 'Left',
    isNumber: true,
    cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
  },
];

const faultColumns: readonly Column<Fault>[] = [
  { title: 'Rule', cell: ({ check }) => <strong>{words(check)}</strong> },
  {
    title: 'State',
    cell: ({ resolvedAt }) => (
      <Status
        tone={resolvedAt === null ? 'bad' : 'quiet'}
        icon={resolvedAt === null ? 'alert' : 'check'}
      >
        {resolvedAt === null ? 'open' : 'ended'}
      </Status>
    ),
  },
  { title: 'Where', cell: ({ node }) => datacenter(node) },
  {
    title: 'Account',
    cell: ({ accountId }) =>
      accountId === null ? '–' : <Link to={`accounts/${accountId}`}>{accountId}</Link>,
  },
  {
    title: 'About',
    isWide: true,
    cell: ({ subject }) => <span className={textStyles.breakable}>{subject || 'the part'}</span>,
  },
  { title: 'Expected', isNumber: true, cell: ({ expectedMinor }) => formatAmount(expectedMinor) },
  { title: 'Found', isNumber: true, cell: ({ foundMinor }) => formatAmount(foundMinor) },
  {
    title: 'Difference',
    isNumber: true,
    cell: ({ expectedMinor, foundMinor }) => (
      <strong>{formatSigned(String(BigInt(foundMinor) - BigInt(expectedMinor)))}</strong>
    ),
  },
  { title: 'What it says', isWide: true, cell: ({ detail }) => detail },
  { title: 'First seen', cell: ({ firstSeenAt }) => <Time at={firstSeenAt} /> },
];

const looks: Readonly<Record<Run['status'], { tone: Tone; word: string }>> = {
  checked: { tone: 'good', word: 'checked' },
  unreachable: { tone: 'warn', word: 'a node did not answer' },
  behind: { tone: 'warn', word: 'replication was late' },
};

const runColumns: readonly Column<Run>[] = [
  { title: 'Walk', cell: ({ walk }) => <strong>{words(walk)}</strong> },
  {
    title: 'Last step',
    cell: ({ status }) => <Status tone={looks[status].tone}>{looks[status].word}</Status>,
  },
  { title: 'Rows looked at', isNumber: true, cell: ({ checked }) => formatCount(Number(checked)) },
  { title: 'Began', cell: ({ beganAt }) => <Time at={beganAt} /> },
  { title: 'Stepped', cell: ({ steppedAt }) => <Time at={steppedAt} /> },
  { title: 'Saw everything', cell: ({ completedAt }) => <Time at={completedAt} /> },
];
