import { useState } from 'react';
import { Choice } from '../../components/field.js';
import { Icon, type IconName } from '../../components/icon.js';
import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Loading, ProblemNote } from '../../components/states.js';
import { datacenter, formatSeconds } from '../../format.js';
import type { Overview } from '../../live/snapshot.js';
import { useNow, useOverview } from '../../live/use-overview.js';
import { judge, type Level, type Verdict } from '../../live/verdict.js';
import { Link } from '../../router.js';
import { DatacenterMap } from './datacenter-map.js';
import { DatacenterTable } from './datacenter-table.js';
import { HistoryChart } from './history-chart.js';
import { LinkTable } from './link-table.js';
import { PartitionTable } from './partition-table.js';

export function OverviewPage() {
  const { overview, heardAtMs, problem } = useOverview();
  return (
    <Page title="Overview">
      {overview === undefined && problem === undefined && <Loading what="the datacenters" />}
      {overview === undefined && problem !== undefined && <ProblemNote problem={problem} />}
      {overview !== undefined && (
        <>
          <VerdictBanner verdict={judge(overview)} heardAtMs={heardAtMs ?? 0} />
          <div className="overview-top">
            <Panel
              title="Datacenters"
              aside="lag · replication delay of each link"
              className="map-panel"
            >
              <DatacenterMap overview={overview} />
            </Panel>
            <div className="charts">
              <HistoryChart metric="lag_seconds" title="Lag" unit="s" />
              <HistoryChart metric="applied" title="Pay-ins applied" unit="/s" />
              <HistoryChart metric="pay_outs" title="Pay-outs made" unit="/s" />
            </div>
          </div>
          <Panel title="Work at each datacenter">
            <DatacenterTable overview={overview} />
          </Panel>
          <Panel
            title="Links"
            aside="what replication carries, and what is kept for whoever is late"
          >
            <LinkTable overview={overview} />
          </Panel>
          <Partitions overview={overview} />
        </>
      )}
    </Page>
  );
}

const icons: Readonly<Record<Level, IconName>> = { good: 'check', warn: 'alert', bad: 'cross' };
const SILENT_AFTER_MS = 8_000;

interface BannerProps {
  readonly verdict: Verdict;
  readonly heardAtMs: number;
}

function VerdictBanner({ verdict, heardAtMs }: BannerProps) {
  const silentMs = useNow() - heardAtMs;
  const isStale = silentMs > SILENT_AFTER_MS;
  const { level, title, detail, findings, place } = verdict;
  return (
    <div className={`verdict verdict-${isStale ? 'stale' : level}`}>
      <span className="verdict-icon">
        <Icon name={isStale ? 'clock' : icons[level]} size={28} />
      </span>
      <div>
        {/* The sentence changes its words when the state does; its figures are not read out each second. */}
        <p className="hidden" role="status">
          {isStale
            ? 'No news from this gateway'
            : level === 'good'
              ? 'Money flows'
              : 'Something is in the way'}
        </p>
        <p className="verdict-title">
          {isStale ? `No news for ${formatSeconds(Math.round(silentMs / 1_000))}` : title}
        </p>
        <p className="verdict-detail">
          {isStale ? `The last that was heard: ${title}. Trying again.` : detail}
          {place && (
            <>
              {' · '}
              <Link to={place.to}>{place.label}</Link>
            </>
          )}
        </p>
        {findings.length > 1 && (
          <ul className="findings">
            {findings.slice(1, 7).map(({ level: of, text, place: its }) => (
              <li key={text}>
                <Icon name={icons[of]} size={14} />
                {its === undefined ? text : <Link to={its.to}>{text}</Link>}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function Partitions({ overview }: { readonly overview: Overview }) {
  const [node, setNode] = useState(overview.node);
  const options = overview.nodes.map((answer) => ({
    value: String(answer.node),
    label: datacenter(answer.node),
  }));
  const answer = overview.nodes.find((one) => one.node === node);
  return (
    <Panel
      title="Partitions of billing.payin"
      aside={
        <Choice
          label="Datacenter"
          value={String(node)}
          options={options}
          onChoice={(value) => setNode(Number(value))}
        />
      }
    >
      <PartitionTable answer={answer} />
    </Panel>
  );
}
