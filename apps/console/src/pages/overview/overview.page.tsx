import { useState } from 'react';
import { Choice } from '../../components/field.js';
import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Loading, ProblemNote } from '../../components/states.js';
import { datacenter } from '../../format.js';
import type { Overview } from '../../live/snapshot.js';
import { useOverview } from '../../live/use-overview.js';
import { judge } from '../../live/verdict.js';
import { DatacenterMap } from './datacenter-map.js';
import { DatacenterTable } from './datacenter-table.js';
import { HistoryChart } from './history-chart.js';
import { LinkTable } from './link-table.js';
import styles from './overview.module.css';
import { PartitionTable } from './partition-table.js';
import { VerdictBanner } from './verdict-banner.js';

export function OverviewPage({ title }: { readonly title: string }) {
  const { overview, heardAtMs, problem } = useOverview();
  return (
    <Page title={title}>
      {overview === undefined && problem === undefined && <Loading what="the datacenters" />}
      {overview === undefined && problem !== undefined && <ProblemNote problem={problem} />}
      {overview !== undefined && (
        <>
          <VerdictBanner verdict={judge(overview)} heardAtMs={heardAtMs ?? 0} />
          <div className={styles.top}>
            <Panel
              title="Datacenters"
              aside="lag · replication delay of each link"
              className={styles.mapPanel}
            >
              <DatacenterMap overview={overview} />
            </Panel>
            <div className={styles.charts}>
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
          isInline
          onChoice={(value) => setNode(Number(value))}
        />
      }
    >
      <PartitionTable answer={answer} />
    </Panel>
  );
}
