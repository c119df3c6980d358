import type { Database } from './database.js';

/** Value of `billing.schema_version()` that this code was written for. */
export const SCHEMA_VERSION = 5;

/** The database is not the one that this process was built and configured for. Waiting does not help. */
export class DatabaseMismatchError extends Error {
  readonly code = 'DATABASE_MISMATCH';
  readonly retryable = false;

  constructor(
    readonly subject: 'schema_version' | 'node_id',
    readonly expected: number,
    readonly found: number,
  ) {
    super(`${subject} of the database is ${found}, this process wants ${expected}`);
    this.name = 'DatabaseMismatchError';
  }
}

/**
 * Called at boot: is the database's SQL that of this code, and is it the configured node's?
 * @param nodeId undefined: any node will do
 * @returns the database's node
 * @throws DatabaseMismatchError, DatabaseError
 */
export async function assertDatabaseMatches(
  database: Database,
  nodeId: number | undefined,
): Promise<number> {
  const [row] = await database.query<{ schema_version: number; node_id: number }>(
    'assert_database_matches',
    'select billing.schema_version() as schema_version, billing.local_node_id() as node_id',
  );
  if (row === undefined) throw new TypeError('select returned no row');
  if (row.schema_version !== SCHEMA_VERSION) {
    throw new DatabaseMismatchError('schema_version', SCHEMA_VERSION, row.schema_version);
  }
  if (nodeId !== undefined && row.node_id !== nodeId) {
    throw new DatabaseMismatchError('node_id', nodeId, row.node_id);
  }
  return row.node_id;
}
