import type { Tenants } from '@billing/contracts';
import type { Database } from './database.js';
import { toParameter } from './tenants.js';

export interface Transaction {
  readonly nodeId: number;
  readonly id: bigint;
  readonly operationType: string;
  readonly operationId: string;
  /** Signed. */
  readonly amountMinor: bigint;
  readonly reference: string | undefined;
  readonly createdAt: Date;
  /** Names this entry's place in the history. */
  readonly position: TransactionPosition;
}

export interface TransactionPosition {
  /** As PostgreSQL writes it: a Date would lose the microseconds that keep pages apart. */
  readonly createdAt: string;
  readonly nodeId: number;
  readonly id: bigint;
}

interface TransactionRow extends Record<string, unknown> {
  node_id: number;
  id: bigint;
  operation_type: string;
  operation_id: string;
  amount_minor: bigint;
  reference: string | null;
  created_at: Date;
  position: string;
}

/** `billing.list_transactions`: a page of entries of all nodes, newest first. @throws DatabaseError */
export async function listTransactions(
  database: Database,
  page: {
    accountId: string;
    after: TransactionPosition | undefined;
    limit: number;
    tenants: Tenants;
  },
): Promise<Transaction[]> {
  const rows = await database.query<TransactionRow>(
    'list_transactions',
    `select t.*, (t.created_at at time zone 'UTC')::text || 'Z' as position
       from billing.list_transactions($1, $2, $3, $4, $5, $6) t`,
    [
      page.accountId,
      page.after?.createdAt ?? null,
      page.after?.nodeId ?? null,
      page.after?.id ?? null,
      page.limit,
      toParameter(page.tenants),
    ],
  );
  return rows.map((row) => ({
    nodeId: row.node_id,
    id: row.id,
    operationType: row.operation_type,
    operationId: row.operation_id,
    amountMinor: row.amount_minor,
    reference: row.reference ?? undefined,
    createdAt: row.created_at,
    position: { createdAt: row.position, nodeId: row.node_id, id: row.id },
  }));
}
