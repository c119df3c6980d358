import type { Database } from './database.js';

/** What `billing.schema_version()` must say; raised together with it. */
export const SCHEMA_VERSION = 1;

/** The database is not the one this process was configured or built for. */
export class DatabaseMismatchError extends Error {
  readonly code = 'DATABASE_MISMATCH';
  readonly retryable = false;

  constructor(message: string) {
    super(message);
    this.name = 'DatabaseMismatchError';
  }
}

/**
 * Refuses a database of another node, or whose SQL is older or newer than this code.
 * @throws DatabaseMismatchError, DatabaseError
 */
export async function assertDatabaseMatches(
  database: Database,
  expected: { readonly nodeId: number },
): Promise<void> {
  const [row] = await database.query<{ node_id: number | null; version: number }>(
    'assert_database',
    'select billing.local_node_id() as node_id, billing.schema_version() as version',
  );
  if (row?.node_id !== expected.nodeId) {
    throw new DatabaseMismatchError(
      `BILLING_NODE_ID is ${expected.nodeId}, but the database is node ${row?.node_id}`,
    );
  }
  if (row.version !== SCHEMA_VERSION) {
    const [older, remedy] =
      row.version < SCHEMA_VERSION
        ? ['older', 'run sql/run_sql.sh']
        : ['newer', 'deploy a newer build'];
    throw new DatabaseMismatchError(
      `the database's SQL (version ${row.version}) is ${older} than this code (${SCHEMA_VERSION}): ${remedy}`,
    );
  }
}
