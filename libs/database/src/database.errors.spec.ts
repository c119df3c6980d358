import { Database } from './database.js';
import { DatabaseError, toDatabaseError } from './database.errors.js';

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
        retryable: true,
      });
    } finally {
      await database.close();
    }
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])(
    'with %s may be asked again',
    (code) => {
      const error = toDatabaseError(Object.assign(new Error(code), { code }), 'ask');
      expect(error).toMatchObject({ code, retryable: true });
    },
  );
});

test('a fault in a statement is not asked again', () => {
  const error = toDatabaseError(Object.assign(new Error('x'), { code: '42703' }), 'ask');
  expect(error.retryable).toBe(false);
});
