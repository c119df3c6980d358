import { Catch, type ExceptionFilter } from '@nestjs/common';
import { KeysUnavailableError, TokenRefusedError } from '@billing/auth';
import { DatabaseError, type FailureKind } from '@billing/database';
import type { Log } from '@billing/observability';
import { throwError, type Observable } from 'rxjs';
import { BillingError, toServiceError } from './billing.errors.js';

/** Turns whatever a call threw into a status that tells the caller what to do, and no secrets. */
@Catch()
export class BillingErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown): Observable<never> {
    return throwError(() => toServiceError(describeError(error, this.log)));
  }
}

/** What to tell a caller about whatever was thrown; what we should know about it goes to the log. */
export function describeError(error: unknown, log: Log): BillingError {
  if (error instanceof BillingError) return error;
  if (error instanceof TokenRefusedError) {
    log.info({ reason: error.reason }, 'a token was refused');
    return new BillingError('UNAUTHENTICATED', error.message);
  }
  if (error instanceof KeysUnavailableError) {
    log.warn({ err: error }, 'a token could not be checked');
    return new BillingError('KEYS_UNAVAILABLE', error.message);
  }
  if (error instanceof DatabaseError && error.retryable) {
    log.warn({ err: error }, 'PostgreSQL did not carry out a call');
    if (error.effect === 'unknown') {
      return new BillingError(
        'OUTCOME_UNKNOWN',
        'PostgreSQL did not answer: the same call again tells what became of it',
      );
    }
    return new BillingError('DATABASE_UNAVAILABLE', whyNotNow[error.kind] ?? 'PostgreSQL is away');
  }
  log.error({ err: error }, 'a call failed');
  return new BillingError('INTERNAL', 'internal error');
}

const whyNotNow: Readonly<Partial<Record<FailureKind, string>>> = {
  conflict: 'others were in the way',
  busy: 'PostgreSQL is too busy',
  timeout: 'PostgreSQL took too long',
  full: 'PostgreSQL has no room',
};

/** Of a call that changes nothing, so that no outcome is unknown when its answer is lost. */
export async function withoutEffect<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new DatabaseError(error.code, error.calling, error.cause as Error, 'none');
  }
}
