import { status, type Metadata } from '@grpc/grpc-js';
import { KeysUnavailableError, TokenRefusedError } from '@billing/auth';
import { billingErrorReasons, decodeErrorDetails, ERROR_DETAILS_TRAILER } from '@billing/contracts';
import { DatabaseError } from '@billing/database';
import { createLog, type Log } from '@billing/observability';
import { firstValueFrom } from 'rxjs';
import { BillingErrorFilter, describeError, withoutEffect } from './billing-error.filter.js';
import { BillingError } from './billing.errors.js';

const filter = new BillingErrorFilter(createLog({ app: 'spec', nodeId: 1, level: 'silent' }));

interface Answer {
  code: status;
  details: string;
  metadata: Metadata;
}
async function answerTo(error: unknown): Promise<Answer> {
  return firstValueFrom(filter.catch(error)).then(
    () => Promise.reject(new Error('no error came through')),
    (answer: Answer) => answer,
  );
}
async function detailsOf(error: unknown): Promise<ReturnType<typeof decodeErrorDetails>> {
  const { metadata } = await answerTo(error);
  return decodeErrorDetails(metadata.get(ERROR_DETAILS_TRAILER)[0] as Buffer);
}
const failure = (code: string): DatabaseError =>
  new DatabaseError(code, 'open_account', new Error('host=10.0.0.7 password=hunter2'));

const toBug = (): DatabaseError =>
  new DatabaseError('XX000', 'open_account', new TypeError('x is not a function'));

describe('an error that a caller gets to see', () => {
  test.each(billingErrorReasons)('%s has its code, reason and facts', async (reason) => {
    const error = new BillingError(reason, 'why', { fact: 'f' });
    const { code, details } = await answerTo(error);
    expect(details).toBe('why');
    expect(await detailsOf(error)).toEqual({
      code,
      message: 'why',
      reason,
      metadata: error.retryable ? { fact: 'f', retryable: 'true' } : { fact: 'f' },
    });
    expect([status.OK, status.UNKNOWN]).not.toContain(code);
  });

  test.each<[string, unknown, status, string]>([
    [
      'a refused token',
      new TokenRefusedError('expired', 'no'),
      status.UNAUTHENTICATED,
      'UNAUTHENTICATED',
    ],
    ['missing keys', new KeysUnavailableError(), status.UNAVAILABLE, 'KEYS_UNAVAILABLE'],
    ['PostgreSQL away', failure('ECONNREFUSED'), status.UNAVAILABLE, 'DATABASE_UNAVAILABLE'],
    ['its name gone too', failure('ENOTFOUND'), status.UNAVAILABLE, 'DATABASE_UNAVAILABLE'],
    [
      'a statement that took too long',
      failure('57014'),
      status.UNAVAILABLE,
      'DATABASE_UNAVAILABLE',
    ],
    ['a lost connection', failure('08006'), status.UNAVAILABLE, 'OUTCOME_UNKNOWN'],
    ['a shutdown under way', failure('57P01'), status.UNAVAILABLE, 'OUTCOME_UNKNOWN'],
    ['no writes taken', failure('25006'), status.UNAVAILABLE, 'DATABASE_UNAVAILABLE'],
    ['a full disk', failure('53100'), status.UNAVAILABLE, 'DATABASE_UNAVAILABLE'],
    ['a defect in SQL', failure('42703'), status.INTERNAL, 'INTERNAL'],
    ['what nobody can tell', toBug(), status.INTERNAL, 'INTERNAL'],
    ['a bug', new TypeError('x is not a function'), status.INTERNAL, 'INTERNAL'],
    ['something that is no error', 'oops', status.INTERNAL, 'INTERNAL'],
  ])('%s is told without its insides', async (_, error, code, reason) => {
    const answer = await answerTo(error);
    expect(answer.code).toBe(code);
    expect((await detailsOf(error))?.reason).toBe(reason);
    expect(answer.details).not.toMatch(/hunter2|10\.0\.0\.7|function|oops/);
  });
});

test('why a token was refused stands in the log', () => {
  const lines: unknown[] = [];
  const log = { info: (...line: unknown[]) => lines.push(line) } as unknown as Log;
  describeError(new TokenRefusedError('audience', 'the token is not valid'), log);
  expect(lines).toEqual([[{ reason: 'audience' }, 'a token was refused']]);
});

test('a read whose answer was lost has no outcome that could be unknown', async () => {
  const lost = withoutEffect(Promise.reject(failure('08006')));
  const error: unknown = await lost.catch((thrown: unknown) => thrown);
  expect((await detailsOf(error))?.reason).toBe('DATABASE_UNAVAILABLE');
  await expect(withoutEffect(Promise.resolve(7))).resolves.toBe(7);
  await expect(withoutEffect(Promise.reject(new Error('x')))).rejects.toThrow('x');
});
