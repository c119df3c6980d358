import type { Tenants } from '@billing/contracts';
import type { Database } from './database.js';
import { toParameter } from './tenants.js';

export interface Account {
  readonly id: bigint;
  readonly username: string;
  readonly currency: string;
  readonly isDeleted: boolean;
  readonly createdAt: Date;
  readonly tenant: string;
  readonly debitsFrozen: boolean;
  readonly creditsFrozen: boolean;
}

interface AccountRow extends Record<string, unknown> {
  id: bigint;
  username: string;
  currency: string;
  is_deleted: boolean;
  created_at: Date;
  tenant: string;
  debits_frozen: boolean;
  credits_frozen: boolean;
}

/** `billing.get_account`: undefined when not opened, or not replicated here yet. @throws DatabaseError */
export async function getAccount(
  database: Database,
  id: string,
  tenants: Tenants,
): Promise<Account | undefined> {
  const [row] = await database.query<AccountRow>(
    'get_account',
    'select * from billing.get_account($1, $2)',
    [id, toParameter(tenants)],
  );
  return row && toAccount(row);
}

/** Each may lack. */
export interface AccountSearch {
  /** Exactly. */
  readonly username?: string | undefined;
  /** Of the username. */
  readonly prefix?: string | undefined;
  readonly state?: string | undefined;
  /** ISO 8601. */
  readonly createdFrom?: string | undefined;
  /** ISO 8601; not included. */
  readonly createdTo?: string | undefined;
  readonly currency?: string | undefined;
}

/**
 * `billing.list_accounts`: a page, by username where one is asked for, else by time of opening.
 * @throws DatabaseError GB002: `afterId` is not known here
 */
export async function listAccounts(
  database: Database,
  search: AccountSearch,
  page: { afterId: string | undefined; limit: number; tenants: Tenants },
): Promise<Account[]> {
  const rows = await database.query<AccountRow>(
    'list_accounts',
    'select * from billing.list_accounts($1, $2, $3, $4)',
    [
      JSON.stringify({
        username: search.username,
        prefix: search.prefix,
        state: search.state,
        created_from: search.createdFrom,
        created_to: search.createdTo,
        currency: search.currency,
      }),
      page.afterId ?? null,
      page.limit,
      toParameter(page.tenants),
    ],
  );
  return rows.map(toAccount);
}

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    username: row.username,
    currency: row.currency,
    isDeleted: row.is_deleted,
    createdAt: row.created_at,
    tenant: row.tenant,
    debitsFrozen: row.debits_frozen,
    creditsFrozen: row.credits_frozen,
  };
}
