import { Empty } from '../../components/states.js';
import { Status } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import textStyles from '../../components/text.module.css';
import { countOf, formatCount, formatSeconds, words } from '../../format.js';
import { known, type NodeAnswer, type PartitionLag } from '../../live/snapshot.js';
import { BEHIND_SECONDS } from '../../live/verdict.js';
import styles from './partition-table.module.css';

/** Where there is one topic its name is left out. */
const topicColumn: Column<PartitionLag> = {
  title: 'Topic',
  cell: ({ topic }) => <code className={textStyles.breakable}>{topic}</code>,
};

const columns: readonly Column<PartitionLag>[] = [
  { title: 'Partition', cell: ({ partition }) => <strong>{partition}</strong> },
  {
    title: 'State',
    cell: ({ halted, haltReason, haltDetail, oldestSeconds, openTransactionSeconds = 0 }) => {
      if (halted) {
        return (
          <span title={haltDetail ?? undefined}>
            <Status tone="bad" icon="pause">
              halted: {words(haltReason ?? '')}
            </Status>
          </span>
        );
      }
      if (openTransactionSeconds > BEHIND_SECONDS) {
        return <Status tone="warn">behind an open transaction</Status>;
      }
      const isBehind = oldestSeconds > BEHIND_SECONDS;
      return <Status tone={isBehind ? 'warn' : 'good'}>{isBehind ? 'behind' : 'applied'}</Status>;
    },
  },
  { title: 'Waiting', isNumber: true, cell: ({ messages }) => formatCount(messages) },
  { title: 'Oldest', isNumber: true, cell: ({ oldestSeconds }) => formatSeconds(oldestSeconds) },
  {
    title: 'Next offset',
    isNumber: true,
    cell: ({ nextOffset }) => formatCount(Number(nextOffset)),
  },
  { title: 'End of log', isNumber: true, cell: ({ endOffset }) => formatCount(Number(endOffset)) },
  {
    title: 'Claimed last by',
    isWide: true,
    cell: ({ worker }) =>
      worker === null ? '–' : <code className={textStyles.breakable}>{worker}</code>,
  },
];

export function PartitionTable({ answer }: { readonly answer: NodeAnswer | undefined }) {
  const lag = known(answer?.snapshot?.lag);
  if (lag === undefined) {
    const why = answer?.fault ?? answer?.snapshot?.lag.fault ?? undefined;
    return (
      <Empty title="Nothing is known of the partitions" icon="unknown">
        {why}
      </Empty>
    );
  }
  const behind = lag.partitions.filter(({ messages }) => messages > 0).length;
  const hasTopics = new Set(lag.partitions.map(({ topic }) => topic)).size > 1;
  const total = countOf(lag.partitions.length, 'partition');
  return (
    <details className={styles.partitions}>
      <summary>
        {behind === 0 ? `${total}, nothing waits in any` : `${total}, pay-ins wait in ${behind}`}
        {lag.halted > 0 && `, ${lag.halted} halted`}
      </summary>
      <Table
        caption="Partitions"
        columns={hasTopics ? [topicColumn, ...columns] : columns}
        rows={lag.partitions}
        keyOf={({ topic = '', partition }) => `${topic}/${partition}`}
      />
    </details>
  );
}
