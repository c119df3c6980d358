import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.js';
import { DatabaseError } from './database.errors.js';

/** Value of `billing.newest_schema_version()` that this code was written for. */
export const SCHEMA_VERSION = 10;

const ASK_AGAIN_MS = 1_000;

/** The database is not the one that this process was built and configured for. Waiting does not help. */
export class DatabaseMismatchError extends Error {
  readonly code = 'DATABASE_MISMATCH';
  readonly retryable = false;

  constructor(
    readonly subject: 'schema_version' | 'node_id',
    readonly expected: number,
    readonly found: number,
  ) {
    super(
      `${subject} of the database is ${found}, this process wants ${expected}${adviceFor(subject, expected, found)}`,
    );
    this.name = 'DatabaseMismatchError';
  }
}

function adviceFor(subject: string, expected: number, found: number): string {
  if (subject === 'node_id') return '';
  return found < expected
    ? ': run sql/run_sql.sh of this version first'
    : ': start a newer version of it';
}

/**
 * Does the database serve this code (its SQL may be one version ahead), and is it the configured node's?
 * @param nodeId undefined: any node will do
 * @returns the database's node
 * @throws DatabaseMismatchError, DatabaseError
 */
export async function assertDatabaseMatches(
  database: Database,
  nodeId: number | undefined,
): Promise<number> {
  const [row] = await database.query<{ oldest: number; newest: number; node_id: number }>(
    'assert_database_matches',
    'select billing.schema_version() as oldest, billing.newest_schema_version() as newest,' +
      ' billing.local_node_id() as node_id',
  );
  if (row === undefined) throw new TypeError('select returned no row');
  if (SCHEMA_VERSION < row.oldest) {
    throw new DatabaseMismatchError('schema_version', SCHEMA_VERSION, row.oldest);
  }
  if (SCHEMA_VERSION > row.newest) {
    throw new DatabaseMismatchError('schema_version', SCHEMA_VERSION, row.newest);
  }
  if (nodeId !== undefined && row.node_id !== nodeId) {
    throw new DatabaseMismatchError('node_id', nodeId, row.node_id);
  }
  return row.node_id;
}

export interface DatabaseWait {
  /** Told why PostgreSQL cannot be asked, once each reason. */
  readonly log: { warn(fields: object, message: string): void };
  readonly signal?: AbortSignal;
}

/**
 * The same at boot: an outage is waited out, asking again each second; another database is not.
 * @throws DatabaseMismatchError, AbortError
 */
export async function untilDatabaseMatches(
  database: Database,
  nodeId: number | undefined,
  { log, signal }: DatabaseWait,
): Promise<number> {
  let told: string | undefined;
  for (;;) {
    try {
      return await assertDatabaseMatches(database, nodeId);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const { message: reason } = error;
      if (reason !== told) log.warn({ reason }, 'PostgreSQL cannot be asked yet; trying again');
      told = reason;
    }
    await sleep(ASK_AGAIN_MS, undefined, { ...(signal && { signal }) });
  }
}
