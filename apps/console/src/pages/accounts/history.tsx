import { useState } from 'react';
import { useJson } from '../../api.js';
import { Button } from '../../components/button.js';
import { Pager } from '../../components/pager.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Table, type Column } from '../../components/table.js';
import textStyles from '../../components/text.module.css';
import { Id, Money, Time } from '../../components/value.js';
import { datacenter, words } from '../../format.js';
import { Link } from '../../router.js';
import type { Operation } from './account.js';
import styles from './history.module.css';

const columns: readonly Column<Operation>[] = [
  { title: 'When', cell: ({ at }) => <Time at={at} /> },
  { title: 'What', cell: ({ type }) => words(type) },
  { title: 'Status', cell: ({ status }) => (status === undefined ? '–' : words(status)) },
  {
    title: 'Amount',
    isNumber: true,
    cell: ({ amount, currency }) => <Signed amount={amount} currency={currency} />,
  },
  {
    title: 'Reference',
    cell: ({ reference }) => <span className={textStyles.breakable}>{reference ?? '–'}</span>,
  },
  {
    title: 'Operation',
    isWide: true,
    cell: ({ type, operationId }) => (
      <>
        <OperationLink type={type} id={operationId} />{' '}
        <Id value={operationId} label="operation id" />
      </>
    ),
  },
  { title: 'Entries', isWide: true, cell: (operation) => <Entries of={operation} /> },
];

function Signed({ amount, currency }: { readonly amount: string; readonly currency: string }) {
  return <Money amount={amount.startsWith('-') ? amount : `+${amount}`} currency={currency} />;
}

/** What it did to the part of each datacenter, for who asks. */
function Entries({ of: { entries, currency } }: { readonly of: Operation }) {
  const places = [...new Set(entries.map(({ node }) => node))].sort((a, b) => a - b);
  return (
    <details>
      <summary>{places.map(datacenter).join(', ')}</summary>
      <ul className={styles.entries}>
        {entries.map(({ node, type, amount, at }, index) => (
          <li key={index}>
            {datacenter(node)} {words(type)} <Signed amount={amount} currency={currency} />{' '}
            <Time at={at} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A transfer, an opening and a correction have no page of their own. */
function OperationLink({ type, id }: { readonly type: string; readonly id: string }) {
  if (type === 'pay_in') {
    return (
      <Link to={`pay-ins?commandId=${id}`} aria-label={`Pay-in ${id}`}>
        pay-in
      </Link>
    );
  }
  if (!['pay_out', 'charge'].includes(type)) return null;
  return (
    <Link to={`pay-outs/${id}`} aria-label={`Pay-out ${id}`}>
      pay-out
    </Link>
  );
}

interface HistoryPage {
  readonly operations: readonly Operation[];
  readonly nextCursor: string | null;
}

const PAGE = 25;

/** What was done to it, newest first. */
export function History({ accountId }: { readonly accountId: string }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  const path = `/v1/accounts/${accountId}/operations?limit=${PAGE}${from}`;
  const { data, problem, isLoading, reload } = useJson<HistoryPage>(path);
  const next = data?.nextCursor ?? null;
  return (
    <Panel title="History" aside={<Button onClick={reload}>Read again</Button>}>
      {isLoading && <Loading what="operations" />}
      {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
      {data !== undefined && data.operations.length === 0 && (
        <Empty title="Nothing has happened to this account yet" icon="clock" />
      )}
      {data !== undefined && data.operations.length > 0 && (
        <Table
          caption="Operations"
          columns={columns}
          rows={data.operations}
          keyOf={({ operationId, at, entries }) => `${at} ${operationId} ${entries[0]?.node}`}
        />
      )}
      <Pager cursors={cursors} next={next} onTurn={setCursors} />
    </Panel>
  );
}
