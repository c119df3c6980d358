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
import type { Entry } from './account.js';

const columns: readonly Column<Entry>[] = [
  { title: 'When', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { title: 'What', cell: ({ type }) => words(type) },
  { title: 'Datacenter', cell: ({ node }) => datacenter(node) },
  {
    title: 'Amount',
    isNumber: true,
    cell: ({ amount, currency }) => (
      <Money amount={amount.startsWith('-') ? amount : `+${amount}`} currency={currency} />
    ),
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
];

/** A transfer, an opening and a correction have no page of their own. */
function OperationLink({ type, id }: { readonly type: string; readonly id: string }) {
  if (type === 'pay_in') {
    return (
      <Link to={`pay-ins?commandId=${id}`} aria-label={`Pay-in ${id}`}>
        pay-in
      </Link>
    );
  }
  if (!['pay_out', 'reserve', 'release'].includes(type)) return null;
  return (
    <Link to={`pay-outs/${id}`} aria-label={`Pay-out ${id}`}>
      pay-out
    </Link>
  );
}

interface HistoryPage {
  readonly transactions: readonly Entry[];
  readonly nextCursor: string | null;
}

const PAGE = 25;

/** Entries of all datacenters, newest first. */
export function History({ accountId }: { readonly accountId: string }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  const path = `/v1/accounts/${accountId}/transactions?limit=${PAGE}${from}`;
  const { data, problem, isLoading, reload } = useJson<HistoryPage>(path);
  const next = data?.nextCursor ?? null;
  return (
    <Panel title="History" aside={<Button onClick={reload}>Read again</Button>}>
      {isLoading && <Loading what="entries" />}
      {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
      {data !== undefined && data.transactions.length === 0 && (
        <Empty title="Nothing has happened to this account yet" icon="clock" />
      )}
      {data !== undefined && data.transactions.length > 0 && (
        <Table
          caption="Entries"
          columns={columns}
          rows={data.transactions}
          keyOf={({ id }) => id}
        />
      )}
      <Pager cursors={cursors} next={next} onTurn={setCursors} />
    </Panel>
  );
}
