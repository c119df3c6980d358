import {
  GatewayAnswerError,
  GatewaySilentError,
  NotBegunError,
  OutcomeUnknownError,
} from '@billing/client';
import { ClusterError } from '@billing/cluster';
import { DatabaseError, DatabaseMismatchError, type FailureKind } from '@billing/database';
import { CommanderError } from 'commander';

/** README.md tells them; scripts rely on them. */
export const exitCodes = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** What kept a command from being carried out, in words for the person who typed it. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitCode: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function usageError(message: string): CliError {
  return new CliError(exitCodes.usage, message);
}

/** What a person can do something about. */
const advice: Readonly<Partial<Record<FailureKind, string>>> = {
  refused: 'it does not let this role into this database: see DATABASE_PASSWORD_FILE',
  forbidden: 'the role may not do this: use billing_operator',
  outdated: 'it is no billing database, or its SQL is not that of this program: run sql/run_sql.sh',
};

/** Words and exit code for whatever was thrown; undefined for what nobody foresaw. */
export function explainError(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  // Commander has said it already.
  if (error instanceof CommanderError) {
    return new CliError(error.exitCode === 0 ? exitCodes.done : exitCodes.usage, '');
  }
  if (error instanceof ClusterError) {
    const isUsage = error.code === 'BAD_REQUEST';
    return new CliError(isUsage ? exitCodes.usage : exitCodes.unreachable, error.message);
  }
  if (error instanceof DatabaseMismatchError) {
    return new CliError(exitCodes.refused, error.message);
  }
  if (error instanceof DatabaseError) return explainDatabaseError(error);
  return explainClientError(error);
}

/** What a gateway said, or did not say. */
export function explainClientError(error: unknown): CliError | undefined {
  if (error instanceof GatewaySilentError) {
    const message = `its gateway does not answer: ${error.reason}`;
    return new CliError(exitCodes.unreachable, message, { cause: error });
  }
  if (error instanceof GatewayAnswerError) {
    const { status, fields, detail } = error;
    const exitCode =
      status >= 500 ? exitCodes.unreachable : status === 400 ? exitCodes.usage : exitCodes.refused;
    return new CliError(exitCode, fields ?? detail ?? `it answers ${status}`, { cause: error });
  }
  const isUnknown = error instanceof OutcomeUnknownError;
  if (!isUnknown && !(error instanceof NotBegunError)) return undefined;
  const { idempotencyKey, cause } = error;
  const said = (cause as Error).message;
  const message = isUnknown
    ? `whether it was done is not known: ${said}\nthe same again with --key ${idempotencyKey} tells`
    : `nothing was done: ${said}`;
  return new CliError(exitCodes.unreachable, message, { cause: error });
}

function explainDatabaseError(error: DatabaseError): CliError {
  const { code, kind, hint, message } = error;
  const said = (error.cause as Error).message;
  const known = advice[kind];
  if (known !== undefined) return new CliError(exitCodes.refused, `${known} (${code})`);
  if (kind === 'invalid') return new CliError(exitCodes.usage, `no such value: ${said}`);
  if (error.retryable) {
    const what = kind === 'away' ? 'does not answer' : 'cannot do it now';
    return new CliError(exitCodes.unreachable, `its PostgreSQL ${what}: ${said}`);
  }
  return new CliError(exitCodes.refused, hint === undefined ? message : `${message}\n${hint}`);
}
