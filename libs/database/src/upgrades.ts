import type { Caller } from './database.js';

/** `billing.require_upgraded`: a node of the version before would misread it. @throws DatabaseError `outdated` until the upgrade is complete */
export async function requireUpgraded(database: Caller, what: string): Promise<void> {
  await database.query('require_upgraded', 'select billing.require_upgraded($1)', [what]);
}
