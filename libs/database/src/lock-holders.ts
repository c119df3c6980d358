import type { Caller } from './database.js';

/** Who keeps others waiting for a lock; see the header of billing.list_lock_holders. */
export interface LockHolder {
  readonly pid: number;
  readonly role: string;
  readonly application: string;
  readonly state: string;
  readonly queryAgeS: number | undefined;
  readonly transactionAgeS: number | undefined;
  readonly waiting: number;
  readonly waitingRoles: readonly string[];
  readonly longestWaitS: number;
}

/** `billing.list_lock_holders`: those for whom somebody has waited so long. @throws DatabaseError */
export async function listLockHolders(database: Caller, waitMinMs: number): Promise<LockHolder[]> {
  const rows = await database.query<{
    holder_pid: number;
    role: string;
    application: string;
    state: string;
    query_age_s: number | null;
    transaction_age_s: number | null;
    waiting: number;
    waiting_roles: string[];
    longest_wait_s: number;
  }>('list_lock_holders', 'select * from billing.list_lock_holders($1::interval)', [
    `${waitMinMs} milliseconds`,
  ]);
  return rows.map((row) => ({
    pid: row.holder_pid,
    role: row.role,
    application: row.application,
    state: row.state,
    queryAgeS: row.query_age_s ?? undefined,
    transactionAgeS: row.transaction_age_s ?? undefined,
    waiting: row.waiting,
    waitingRoles: row.waiting_roles,
    longestWaitS: row.longest_wait_s,
  }));
}
