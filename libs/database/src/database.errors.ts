import { types } from 'node:util';
import pg from 'pg';

/**
 * What a failure is, whoever asks. All but the last four pass by themselves or with an operator's help,
 * without anything done here: the same call may be made again.
 *
 * conflict   other transactions were in the way; another try may go through at once
 * busy       all that there is of something is in use: connections, slots, files
 * away       not there, or not taking writes: down, starting, a replica since a failover, a lost connection
 * timeout    took longer than it may
 * full       has no room or no working device: disk, memory, transaction ids
 * stale      the connection remembers a statement that no longer fits; a new connection does not
 * refused    does not let this role in, or has no such database now
 * forbidden  lets it in, but not do this
 * outdated   its SQL is not that of this program
 * invalid    a value that is none of its type
 * bug        everything else: a defect of ours, or a damaged database
 */
export type FailureKind =
  | 'conflict'
  | 'busy'
  | 'away'
  | 'timeout'
  | 'full'
  | 'stale'
  | 'refused'
  | 'forbidden'
  | 'outdated'
  | 'invalid'
  | 'bug';

/**
 * What became of the statement. none: it was rolled back, or never began. unknown: it may have been
 * committed all the same. (What it has asked of other nodes is theirs to tell.)
 */
export type FailureEffect = 'none' | 'unknown';

/** Milliseconds to wait before the same call may be tried again, drawn between the two. */
export interface DelayRange {
  readonly minMs: number;
  readonly maxMs: number;
}

interface Failure {
  readonly kind: FailureKind;
  readonly effect: FailureEffect;
  /** Where the one of its kind does not fit. */
  readonly delay?: DelayRange;
  /** Only when these functions of PostgreSQL's raised it; else the code is a bug's. */
  readonly routines?: readonly string[];
}

/** Kinds without a delay are not tried again. The longest is what recovery waits for after an outage. */
const delays: Readonly<Partial<Record<FailureKind, DelayRange>>> = {
  conflict: { minMs: 5, maxMs: 50 },
  busy: { minMs: 200, maxMs: 1_000 },
  away: { minMs: 200, maxMs: 1_000 },
  timeout: { minMs: 100, maxMs: 1_000 },
  full: { minMs: 1_000, maxMs: 3_000 },
  stale: { minMs: 0, maxMs: 50 },
  refused: { minMs: 1_000, maxMs: 3_000 },
};

const none = (kind: FailureKind, rest: Partial<Failure> = {}): Failure => ({
  kind,
  effect: 'none',
  ...rest,
});
const unknown = (kind: FailureKind, rest: Partial<Failure> = {}): Failure => ({
  kind,
  effect: 'unknown',
  ...rest,
});

/** An answer that did not come in time. pg gives up by itself, with no code. */
const NO_ANSWER = 'NO_ANSWER';
const CONNECTION_LOST = '08006';
const NOT_CONNECTED = '08001';
const INTERNAL_ERROR = 'XX000';

/**
 * The one place where a failure is judged: by SQLSTATE (PostgreSQL manual, appendix A), or by the code of
 * a socket error. What is not listed is a bug and was rolled back. Reasons for each: ADR 16.
 */
const failures: ReadonlyMap<string, Failure> = new Map([
  ['08000', unknown('away')], // connection_exception
  [NOT_CONNECTED, none('away')], // sqlclient_unable_to_establish_sqlconnection
  ['08003', unknown('away')], // connection_does_not_exist
  ['08004', none('away')], // sqlserver_rejected_establishment_of_sqlconnection
  [CONNECTION_LOST, unknown('away')], // connection_failure
  ['08007', unknown('away')], // transaction_resolution_unknown
  // protocol_violation: what a pooler says of all that goes wrong behind it.
  ['08P01', unknown('away')],
  // feature_not_supported: "cached plan must not change result type", after a function was replaced.
  ['0A000', none('stale', { routines: ['RevalidateCachedQuery'] })],
  ['22P02', none('invalid')], // invalid_text_representation
  ['25006', none('away')], // read_only_sql_transaction
  ['25P02', none('stale')], // in_failed_sql_transaction: of somebody else, behind a pooler
  ['25P03', none('away')], // idle_in_transaction_session_timeout
  ['25P04', none('timeout')], // transaction_timeout
  ['26000', none('stale')], // invalid_sql_statement_name: prepared on another connection, by a pooler
  ['28000', none('refused')], // invalid_authorization_specification
  ['28P01', none('refused')], // invalid_password: it is read anew for each connection
  ['3D000', none('refused')], // invalid_catalog_name: being restored, maybe
  ['3F000', none('outdated')], // invalid_schema_name
  ['40000', none('conflict')], // transaction_rollback
  ['40001', none('conflict')], // serialization_failure; also a replica's conflict with recovery
  ['40003', unknown('away')], // statement_completion_unknown
  ['40P01', none('conflict')], // deadlock_detected
  ['42501', none('forbidden')], // insufficient_privilege
  ['42883', none('outdated')], // undefined_function
  ['42P05', none('stale')], // duplicate_prepared_statement
  ['53000', none('full')], // insufficient_resources
  ['53100', none('full')], // disk_full
  ['53200', none('full')], // out_of_memory
  ['53300', none('busy')], // too_many_connections
  ['53400', none('full')], // configuration_limit_exceeded
  // program_limit_exceeded: "not accepting commands to avoid wraparound data loss".
  ['54000', none('full', { routines: ['GetNewTransactionId', 'GetNewMultiXactId'] })],
  ['55006', none('busy')], // object_in_use
  ['55P03', none('conflict', { delay: { minMs: 20, maxMs: 200 } })], // lock_not_available
  ['57000', unknown('away')], // operator_intervention
  // query_canceled: by statement_timeout, or by an operator. Never between the commit and its answer.
  ['57014', none('timeout')],
  ['57P01', unknown('away')], // admin_shutdown
  ['57P02', unknown('away')], // crash_shutdown
  ['57P03', none('away')], // cannot_connect_now
  ['57P04', unknown('away')], // database_dropped
  ['57P05', none('away')], // idle_session_timeout
  ['58000', none('full')], // system_error
  ['58030', none('full')], // io_error
  ['72000', none('conflict')], // snapshot_too_old
  // internal_error: "cache lookup failed for function", which was dropped for another one between its name and its call.
  [
    INTERNAL_ERROR,
    none('stale', {
      routines: [
        'func_get_detail',
        'simplify_function',
        'fmgr_info_cxt_security',
        'plpgsql_compile',
      ],
    }),
  ],
  // A server that is down may have no name either (Docker, Kubernetes), or no route.
  ['ECONNREFUSED', none('away')],
  ['ENOTFOUND', none('away')],
  ['EAI_AGAIN', none('away')],
  ['EHOSTUNREACH', unknown('away')],
  ['EHOSTDOWN', unknown('away')],
  ['ENETUNREACH', unknown('away')],
  ['ENETDOWN', unknown('away')],
  ['ENETRESET', unknown('away')],
  ['ECONNRESET', unknown('away')],
  ['ECONNABORTED', unknown('away')],
  ['EPIPE', unknown('away')],
  ['ETIMEDOUT', unknown('away')],
  // A server whose certificate is not believed (sslrootcert), is of another name, or has run out.
  ['SELF_SIGNED_CERT_IN_CHAIN', none('away')],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', none('away')],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', none('away')],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', none('away')],
  ['CERT_HAS_EXPIRED', none('away')],
  ['CERT_NOT_YET_VALID', none('away')],
  ['ERR_TLS_CERT_ALTNAME_INVALID', none('away')],
  // This machine has no port, descriptor or memory left for a connection.
  ['EADDRNOTAVAIL', none('busy')],
  ['EMFILE', none('busy')],
  ['ENFILE', none('busy')],
  ['ENOBUFS', none('full')],
  [NO_ANSWER, unknown('timeout')],
]);

/** A call to PostgreSQL failed. `code` is the SQLSTATE, or the socket's error code: for people to read. */
export class DatabaseError extends Error {
  readonly kind: FailureKind;
  readonly effect: FailureEffect;
  readonly retryable: boolean;
  readonly retryDelay: DelayRange | undefined;

  /** @param effect when it is known better than the code tells */
  constructor(
    readonly code: string,
    readonly calling: string,
    cause: Error,
    effect?: FailureEffect,
  ) {
    super(`${calling}: ${cause.message}`, { cause });
    this.name = 'DatabaseError';
    const { kind, effect: usual, delay } = judge(code, cause);
    this.kind = kind;
    this.effect = effect ?? usual;
    this.retryDelay = delay ?? delays[kind];
    this.retryable = this.retryDelay !== undefined;
  }

  /** What PostgreSQL advises. */
  get hint(): string | undefined {
    return (this.cause as pg.DatabaseError).hint;
  }
}

function judge(code: string, cause: Error): Failure {
  const failure = failures.get(code);
  const { routine = '' } = cause as pg.DatabaseError;
  if (failure !== undefined && failure.routines?.includes(routine) !== false) return failure;
  return isOurs(cause) ? unknown('bug') : none('bug');
}

/** Thrown on the way to PostgreSQL or back by a line of code, so that nobody knows what it has done. */
function isOurs(cause: Error): boolean {
  return cause instanceof TypeError || cause instanceof RangeError || cause instanceof SyntaxError;
}

/** What pg threw instead of a connection: nothing was sent over it. */
export function toConnectError(error: unknown, calling: string): DatabaseError {
  return wrap(error, calling, NOT_CONNECTED, 'none');
}

/** What pg threw in place of the answer to a statement; an error without a code is a lost connection. */
export function toDatabaseError(error: unknown, calling: string): DatabaseError {
  return wrap(error, calling, CONNECTION_LOST);
}

function wrap(
  error: unknown,
  calling: string,
  codeOfNone: string,
  effect?: FailureEffect,
): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const cause = types.isNativeError(error) ? error : new Error(String(error));
  const { code } = cause as NodeJS.ErrnoException;
  if (typeof code === 'string') return new DatabaseError(code, calling, cause, effect);
  if (isOurs(cause)) return new DatabaseError(INTERNAL_ERROR, calling, cause);
  // The words of pg's client for its query_timeout.
  const isLate = cause.message === 'Query read timeout';
  return new DatabaseError(isLate ? NO_ANSWER : codeOfNone, calling, cause, effect);
}
