import { DatabaseError, type Database } from '@billing/database';
import { AccountDesk } from './account-desk.js';
import { unknownAccount } from './account-answers.js';

/** What PostgreSQL says to each call. An Error is thrown. */
const databaseThat = (answers: Readonly<Record<string, readonly object[] | Error>>): Database => {
  const query = (calling: string): Promise<unknown> => {
    const answer = answers[calling];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { query } as unknown as Database;
};
const copy = { node_id: 2, subscription_name: 'subscription', status: 'initializing' };
const correction = {
  accountId: '66',
  amount: '1.00',
  currency: 'USD',
  reason: 'spec',
  idempotencyKey: 'k',
};
const deletion = { accountId: '66', force: false, reason: '' };

const client = {
  id: 'c',
  scopes: new Set<string>(),
  tenants: ['default'],
  expiresAtMs: Infinity,
  address: '192.0.2.7',
};

describe('an account that is not known here', () => {
  test.each<[string, readonly object[], string]>([
    ['its home', [copy], 'COPY_UNDER_WAY'],
    ['another node', [{ ...copy, node_id: 3 }], 'ACCOUNT_NOT_FOUND'],
    ['nothing', [], 'ACCOUNT_NOT_FOUND'],
  ])('is told by corrections and deletions while %s is copied: %j, %s', async (_, copies, code) => {
    const desk = new AccountDesk({
      database: databaseThat({
        correct_balance: [{ status: 'account_not_found' }],
        delete_account: [{ status: 'not_found', home_node_id: 2 }],
        list_copies: copies,
      }),
      peerTimeoutMs: 100,
      onSharesPlanned: () => undefined,
    });
    await expect(desk.correct(client, correction)).rejects.toMatchObject({ code });
    await expect(desk.delete(client, deletion, 100)).rejects.toMatchObject({ code });
  });

  test('has had no effect, though the question for copies got no answer', async () => {
    const lost = new DatabaseError('08006', 'list_copies', new Error('lost'));
    expect(lost.effect).toBe('unknown');
    const asked = unknownAccount(databaseThat({ list_copies: lost }), '66');
    await expect(asked).rejects.toMatchObject({ effect: 'none', retryable: true });
  });
});
