import { ClusterError } from '@billing/cluster';
import { DatabaseError, DatabaseMismatchError } from '@billing/database';
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

/** SQLSTATEs and socket errors that a person can do something about. */
const advice: ReadonlyMap<string, string> = new Map([
  ['28P01', 'it refuses the password: see DATABASE_PASSWORD_FILE'],
  ['28000', 'it refuses the role'],
  ['42501', 'the role may not do this: use billing_operator'],
  ['42883', 'its SQL is not that of this program: run sql/run_sql.sh'],
  ['3F000', 'it is no billing database, or sql/run_sql.sh has not run'],
  ['3D000', 'there is no such database'],
]);

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
  return undefined;
}

function explainDatabaseError(error: DatabaseError): CliError {
  const { code, hint, message } = error;
  const known = advice.get(code);
  if (known !== undefined) return new CliError(exitCodes.refused, `${known} (${code})`);
  if (code === '22P02') {
    return new CliError(exitCodes.usage, `no such value: ${(error.cause as Error).message}`);
  }
  if (error.retryable || !/^[0-9A-Z]{5}$/.test(code)) {
    return new CliError(
      exitCodes.unreachable,
      `its PostgreSQL does not answer: ${(error.cause as Error).message}`,
    );
  }
  return new CliError(exitCodes.refused, hint === undefined ? message : `${message}\n${hint}`);
}
