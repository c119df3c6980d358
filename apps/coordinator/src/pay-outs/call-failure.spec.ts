import { DatabaseError } from '@billing/database';
import { judgeFailure } from './call-failure.js';

describe('a failed call of billing.pay_out', () => {
  test.each<[string, string, string, boolean]>([
    ['ended by a deadlock', '40P01', 'all', false],
    ['that waited too long for a lock', '55P03', 'all', false],
    ['to a PostgreSQL that is away', 'ECONNREFUSED', 'in_doubt', false],
    ['to a PostgreSQL whose name is gone with it', 'ENOTFOUND', 'in_doubt', false],
    ['to a PostgreSQL that is starting', '57P03', 'in_doubt', false],
    ['whose connection was lost', '08006', 'all', true],
    ['cut off by a shutdown', '57P01', 'all', true],
    ['cut off by its time limit', '57014', 'none', false],
    ['to a PostgreSQL that takes no writes', '25006', 'in_doubt', false],
    ['to a PostgreSQL whose disk is full', '53100', 'in_doubt', false],
    ['to a PostgreSQL whose memory is used up', '53200', 'in_doubt', false],
    ['to a PostgreSQL that takes no more connections', '53300', 'in_doubt', false],
    ['that shows a bug', '42703', 'none', false],
  ])('%s (%s) is made again for: %s', (_, code, again, mayHaveHappened) => {
    const error = new DatabaseError(code, 'pay_out', new Error(code));
    expect(judgeFailure(error)).toMatchObject({ again, mayHaveHappened });
  });

  test('for a reason of our own is not made again', () => {
    expect(judgeFailure(new TypeError('a bug'))).toMatchObject({ again: 'none' });
  });
});
