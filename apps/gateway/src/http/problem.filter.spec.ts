import { DatabaseError } from '@billing/database';
import type { FastifyRequest } from 'fastify';
import { toProblem } from './problem.filter.js';
import { RouteList } from './route-list.js';

const problemOf = (code: string) =>
  toProblem(
    new DatabaseError(code, 'get_balance', new Error('host=10.0.0.7')),
    {} as FastifyRequest,
    new RouteList(),
  );

describe('a read that PostgreSQL did not answer', () => {
  test.each([
    ['25006', 'the database of this datacenter cannot be reached now'],
    ['ECONNREFUSED', 'the database of this datacenter cannot be reached now'],
    ['08006', 'the database of this datacenter cannot be reached now'],
    ['28P01', 'the database of this datacenter cannot be reached now'],
    ['26000', 'the database of this datacenter cannot be reached now'],
    ['40001', 'the database of this datacenter is held by others now'],
    ['53300', 'the database of this datacenter is too busy now'],
    ['57014', 'the database of this datacenter took too long'],
    ['53100', 'the database of this datacenter has no room now'],
    ['58030', 'the database of this datacenter has no room now'],
  ])('for a reason that passes (%s) may be asked again', (code, detail) => {
    expect(problemOf(code)).toMatchObject({
      kind: 'unavailable',
      status: 503,
      detail,
      retryable: true,
      headers: { 'retry-after': '1' },
    });
  });

  test.each(['42703', '42883', '42501', '0A000', '58P01', 'XX001'])(
    'for one that does not (%s) is a failure of ours',
    (code) => {
      expect(problemOf(code)).toMatchObject({ kind: 'internal', status: 500, retryable: false });
    },
  );
});
