import {
  GatewayAnswerError,
  GatewaySilentError,
  NotBegunError,
  OutcomeUnknownError,
} from '@billing/client';
import { ClusterError } from '@billing/cluster';
import { DatabaseError, DatabaseMismatchError } from '@billing/database';
import { exitCodes, explainError } from './cli.errors.js';

const database = (code: string): DatabaseError => new DatabaseError(code, 'x', new Error('why'));
const silent = new GatewaySilentError('ECONNRESET', {});

test.each<[string, unknown, number]>([
  ['a server that is away', database('ECONNREFUSED'), exitCodes.unreachable],
  ['a name that does not resolve', database('ENOTFOUND'), exitCodes.unreachable],
  ['a server that starts', database('57P03'), exitCodes.unreachable],
  ['a server that takes no writes', database('25006'), exitCodes.unreachable],
  ['a statement cut off by its time limit', database('57014'), exitCodes.unreachable],
  ['a full disk', database('53100'), exitCodes.unreachable],
  ['a wrong password', database('28P01'), exitCodes.refused],
  ['a right that is missing', database('42501'), exitCodes.refused],
  ['an unknown enum value', database('22P02'), exitCodes.usage],
  ['another schema', new DatabaseMismatchError('schema_version', 1, 2), exitCodes.refused],
  ['no cluster', new ClusterError('NOT_RUNNING', 'no'), exitCodes.unreachable],
  ['no such datacenter', new ClusterError('BAD_REQUEST', 'no'), exitCodes.usage],
  ['a gateway that is away', silent, exitCodes.unreachable],
  ['a gateway that refuses', new GatewayAnswerError(422, '{}'), exitCodes.refused],
  ['a gateway that cannot now', new GatewayAnswerError(503, '{}'), exitCodes.unreachable],
  ['what nobody began', new NotBegunError('k', { cause: silent }), exitCodes.unreachable],
])('%s has its exit code and words', (_, error, exitCode) => {
  const explained = explainError(error);
  expect(explained?.exitCode).toBe(exitCode);
  expect(explained?.message).not.toBe('');
});

test('whoever does not know whether it was done is told the key that tells', () => {
  const unknown = explainError(new OutcomeUnknownError('7@dc1', { cause: silent }));
  expect(unknown).toMatchObject({
    exitCode: exitCodes.unreachable,
    message: expect.stringMatching(/ECONNRESET\n.* --key 7@dc1 tells$/),
  });
});

test('what nobody foresaw is not explained away', () => {
  expect(explainError(new TypeError('bug'))).toBeUndefined();
});
