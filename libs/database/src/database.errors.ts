import { types } from 'node:util';
import pg from 'pg';

/** Milliseconds to wait before the same call may be tried again, drawn between the two. */
export interface DelayRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * What may be tried again, by SQLSTATE (PostgreSQL manual, appendix A) or by the code of the socket
 * error. Not listed: not retryable.
 */
const retryDelays: ReadonlyMap<string, DelayRange> = new Map([
  ['40001', { minMs: 5, maxMs: 50 }], // serialization_failure
  ['40P01', { minMs: 5, maxMs: 50 }], // deadlock_detected
  ['55P03', { minMs: 20, maxMs: 200 }], // lock_not_available
  ['53300', { minMs: 200, maxMs: 1_000 }], // too_many_connections
  ['57P01', { minMs: 200, maxMs: 1_000 }], // admin_shutdown
  ['57P02', { minMs: 200, maxMs: 1_000 }], // crash_shutdown
  ['57P03', { minMs: 200, maxMs: 1_000 }], // cannot_connect_now
  ['08000', { minMs: 100, maxMs: 1_000 }], // connection_exception
  ['08003', { minMs: 100, maxMs: 1_000 }], // connection_does_not_exist
  ['08006', { minMs: 100, maxMs: 1_000 }], // connection_failure
  ['ECONNREFUSED', { minMs: 200, maxMs: 1_000 }],
  // A server that is down may have no name either (Docker, Kubernetes), or no route.
  ['ENOTFOUND', { minMs: 200, maxMs: 1_000 }],
  ['EAI_AGAIN', { minMs: 200, maxMs: 1_000 }],
  ['EHOSTUNREACH', { minMs: 200, maxMs: 1_000 }],
  ['ENETUNREACH', { minMs: 200, maxMs: 1_000 }],
  ['ECONNRESET', { minMs: 100, maxMs: 1_000 }],
  ['EPIPE', { minMs: 100, maxMs: 1_000 }],
  ['ETIMEDOUT', { minMs: 100, maxMs: 1_000 }],
]);

/** A call to PostgreSQL failed. `code` is the SQLSTATE, or the socket's error code. */
export class DatabaseError extends Error {
  readonly retryable: boolean;
  readonly retryDelay: DelayRange | undefined;

  constructor(
    readonly code: string,
    readonly calling: string,
    cause: Error,
    readonly hint?: string,
  ) {
    super(`${calling}: ${cause.message}`, { cause });
    this.name = 'DatabaseError';
    this.retryDelay = retryDelays.get(code);
    this.retryable = this.retryDelay !== undefined;
  }
}

/** Wraps what pg threw; a lost connection without a code counts as 08006. */
export function toDatabaseError(error: unknown, calling: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const cause = types.isNativeError(error) ? error : new Error(String(error));
  if (cause instanceof pg.DatabaseError) {
    return new DatabaseError(cause.code ?? 'XX000', calling, cause, cause.hint);
  }
  const code = (cause as NodeJS.ErrnoException).code;
  return new DatabaseError(typeof code === 'string' ? code : '08006', calling, cause);
}
