import type { Ledger } from '@billing/testing';

// What one node has credited, and which deletions it knows of, looked at while a history goes on.

/** The reference of pay-ins that are looked for one by one. */
export const placedMark = 'placed';

interface Looked {
  /** How many of each account, of the others. */
  readonly credited: readonly { readonly account_id: bigint; readonly entries: bigint }[];
  readonly placed: readonly { readonly id: string }[];
  readonly deleted: readonly { readonly id: bigint }[];
}

export async function lookAt(ledger: Ledger, placed: readonly string[]): Promise<Looked> {
  return {
    credited: await ledger.rows<{ account_id: bigint; entries: bigint }>(
      `/* credited */ select account_id, count(*) as entries from billing.transaction_log
        where operation_type = 'pay_in' and node_id = billing.local_node_id() and reference is distinct from $1 group by 1`,
      [placedMark],
    ),
    placed: await ledger.rows<{ id: string }>(
      `/* placed */ select operation_id::text as id from billing.transaction_log
        where operation_id = any ($1::uuid[]) and operation_type = 'pay_in' and node_id = billing.local_node_id()`,
      [placed],
    ),
    deleted: await ledger.rows<{ id: bigint }>(
      '/* deleted */ select id from billing.accounts where is_deleted',
    ),
  };
}
