import { assertDatabaseMatches, SCHEMA_VERSION } from './database-match.js';
import type { Database } from './database.js';

/** Of node 2. */
const databaseOf = (oldest: number, newest: number): Database => {
  const query = (): Promise<object[]> => Promise.resolve([{ oldest, newest, node_id: 2 }]);
  return { query } as unknown as Database;
};

describe('the database of an app', () => {
  test.each([
    ['of its own version', SCHEMA_VERSION - 1, SCHEMA_VERSION],
    ['of its own version, the upgrade complete', SCHEMA_VERSION, SCHEMA_VERSION],
    ['one version ahead', SCHEMA_VERSION, SCHEMA_VERSION + 1],
  ])('%s: serves it', async (_, oldest, newest) => {
    await expect(assertDatabaseMatches(databaseOf(oldest, newest), 2)).resolves.toBe(2);
  });

  test.each([
    ['one version ahead, the upgrade complete', SCHEMA_VERSION + 1, SCHEMA_VERSION + 1, 'newer'],
    ['two versions ahead', SCHEMA_VERSION + 1, SCHEMA_VERSION + 2, 'newer'],
    ['one version behind', SCHEMA_VERSION - 2, SCHEMA_VERSION - 1, 'run sql/run_sql.sh'],
  ])('%s: refuses it, and says what to do', async (_, oldest, newest, advice) => {
    const asked = assertDatabaseMatches(databaseOf(oldest, newest), 2);
    await expect(asked).rejects.toMatchObject({
      code: 'DATABASE_MISMATCH',
      message: expect.stringContaining(advice) as string,
    });
  });

  test('is that of its node', async () => {
    const asked = assertDatabaseMatches(databaseOf(SCHEMA_VERSION, SCHEMA_VERSION), 1);
    await expect(asked).rejects.toThrow('node_id of the database is 2, this process wants 1');
  });
});
