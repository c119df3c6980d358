import type { Database } from './database.js';

/** Entries of one account that one node wrote, as far as they are known here. */
export interface EntryCount {
  readonly accountId: bigint;
  readonly nodeId: number;
  readonly entries: number;
  readonly amountMinor: bigint;
}

/** `billing.count_entries`: what this node knows of the accounts' entries of a type. @throws DatabaseError */
export async function countEntries(
  database: Database,
  accountIds: readonly string[],
  /** Undefined: of every type. */
  operationType: string | undefined,
): Promise<EntryCount[]> {
  const rows = await database.query<{
    account_id: bigint;
    node_id: number;
    entries: bigint;
    amount_minor: string;
  }>('count_entries', 'select * from billing.count_entries($1::bigint[], $2)', [
    accountIds,
    operationType ?? null,
  ]);
  return rows.map((row) => ({
    accountId: row.account_id,
    nodeId: row.node_id,
    entries: Number(row.entries),
    amountMinor: BigInt(row.amount_minor),
  }));
}
