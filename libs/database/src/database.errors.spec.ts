import { Database } from './database.js';
import {
  DatabaseError,
  toConnectError,
  toDatabaseError,
  type FailureEffect,
  type FailureKind,
} from './database.errors.js';

describe('a server that cannot be reached', () => {
  // No resolver is asked about a name with an empty label.
  test('because its name is gone with it may be asked again', async () => {
    const database = new Database({
      url: 'postgres://nobody@no..such-host:5432/billing',
      password: 'x',
      passwordFile: undefined,
      poolMax: 1,
      applicationName: 'spec',
      statementTimeoutMs: 1_000,
    });
    try {
      const error: unknown = await database.query('ask', 'select 1', []).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(DatabaseError);
      expect(error).toMatchObject({
        code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
        kind: 'away',
        effect: 'none',
        retryable: true,
      });
    } finally {
      await database.close();
    }
  });
});

describe('a failure is judged by its code alone', () => {
  const judged = (code: string, more: object = {}): DatabaseError =>
    toDatabaseError(Object.assign(new Error(code), { code, ...more }), 'ask');

  test.each<[string, FailureKind, FailureEffect]>([
    // Others were in the way, or have all there is.
    ['40001', 'conflict', 'none'],
    ['40P01', 'conflict', 'none'],
    ['55P03', 'conflict', 'none'],
    ['40000', 'conflict', 'none'],
    ['72000', 'conflict', 'none'],
    ['53300', 'busy', 'none'],
    ['55006', 'busy', 'none'],
    ['EMFILE', 'busy', 'none'],
    ['EADDRNOTAVAIL', 'busy', 'none'],
    // Not reached, or it may not write.
    ['25006', 'away', 'none'],
    ['57P03', 'away', 'none'],
    ['57P05', 'away', 'none'],
    ['25P03', 'away', 'none'],
    ['08001', 'away', 'none'],
    ['08004', 'away', 'none'],
    ['ECONNREFUSED', 'away', 'none'],
    ['ENOTFOUND', 'away', 'none'],
    ['EAI_AGAIN', 'away', 'none'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'away', 'none'],
    ['CERT_HAS_EXPIRED', 'away', 'none'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'away', 'none'],
    // Lost on the way: it may have been done.
    ['08000', 'away', 'unknown'],
    ['08003', 'away', 'unknown'],
    ['08006', 'away', 'unknown'],
    ['08007', 'away', 'unknown'],
    ['08P01', 'away', 'unknown'],
    ['40003', 'away', 'unknown'],
    ['57P01', 'away', 'unknown'],
    ['57P02', 'away', 'unknown'],
    ['57P04', 'away', 'unknown'],
    ['ECONNRESET', 'away', 'unknown'],
    ['EPIPE', 'away', 'unknown'],
    ['ETIMEDOUT', 'away', 'unknown'],
    ['EHOSTUNREACH', 'away', 'unknown'],
    ['ENETUNREACH', 'away', 'unknown'],
    // Rolled back by the server's own clock.
    ['57014', 'timeout', 'none'],
    ['25P04', 'timeout', 'none'],
    // No room, no device.
    ['53000', 'full', 'none'],
    ['53100', 'full', 'none'],
    ['53200', 'full', 'none'],
    ['53400', 'full', 'none'],
    ['58000', 'full', 'none'],
    ['58030', 'full', 'none'],
    // Another connection will do.
    ['26000', 'stale', 'none'],
    ['42P05', 'stale', 'none'],
    ['25P02', 'stale', 'none'],
    ['28P01', 'refused', 'none'],
    ['28000', 'refused', 'none'],
    ['3D000', 'refused', 'none'],
  ])('%s is %s, with effect %s, and may be asked again within seconds', (code, kind, effect) => {
    const error = judged(code);
    expect(error).toMatchObject({ code, kind, effect, retryable: true });
    expect(error.retryDelay!.maxMs).toBeLessThanOrEqual(3_000);
  });

  test.each<[string, FailureKind]>([
    ['42501', 'forbidden'],
    ['42883', 'outdated'],
    ['3F000', 'outdated'],
    ['22P02', 'invalid'],
    ['42703', 'bug'],
    ['23505', 'bug'],
    ['58P01', 'bug'],
    ['P0001', 'bug'],
    ['GB003', 'bug'],
    ['XX000', 'bug'],
    ['XX001', 'bug'],
    ['XX002', 'bug'],
    ['ERR_INVALID_ARG_TYPE', 'bug'],
  ])('%s is %s, and is not asked again', (code, kind) => {
    expect(judged(code)).toMatchObject({ kind, effect: 'none', retryable: false });
  });

  test.each<[string, string, FailureKind]>([
    ['0A000', 'RevalidateCachedQuery', 'stale'],
    ['0A000', 'transformFromClause', 'bug'],
    ['XX000', 'func_get_detail', 'stale'],
    ['XX000', 'simplify_function', 'stale'],
    ['XX000', 'fmgr_info_cxt_security', 'stale'],
    ['XX000', 'plpgsql_compile', 'stale'],
    ['XX000', 'heap_fetch', 'bug'],
    ['54000', 'GetNewTransactionId', 'full'],
    ['54000', 'GetNewMultiXactId', 'full'],
    ['54000', 'index_form_tuple', 'bug'],
  ])('%s raised by %s is %s', (code, routine, kind) => {
    expect(judged(code, { routine })).toMatchObject({ kind, effect: 'none' });
  });
});

describe('an error without a code', () => {
  test.each([
    ['Connection terminated unexpectedly', 'away'],
    ['Query read timeout', 'timeout'],
  ])('of a statement under way, "%s", leaves its effect unknown', (message, kind) => {
    const error = toDatabaseError(new Error(message), 'ask');
    expect(error).toMatchObject({ kind, effect: 'unknown', retryable: true });
  });

  test.each(['timeout exceeded when trying to connect', 'Connection terminated'])(
    'of a connection that was not made, "%s", has done nothing',
    (message) => {
      const error = toConnectError(new Error(message), 'ask');
      expect(error).toMatchObject({ kind: 'away', effect: 'none', retryable: true });
    },
  );

  test('that a line of code threw is a bug, whatever it has done', () => {
    const error = toDatabaseError(new TypeError('x is undefined'), 'ask');
    expect(error).toMatchObject({ kind: 'bug', effect: 'unknown', retryable: false });
  });
});

test('a connection that was reset before it was made has done nothing', () => {
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  expect(toConnectError(reset, 'ask')).toMatchObject({ kind: 'away', effect: 'none' });
});
