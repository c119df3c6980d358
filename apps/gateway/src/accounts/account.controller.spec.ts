import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountController } from './account.controller.js';

const controller = new AccountController({} as never, {} as never);
const request = {} as FastifyRequest;

test.each<[string, (reply: FastifyReply) => Promise<object>]>([
  ['an opening', (reply) => controller.open({}, 'k-1', request, reply)],
  ['a correction', (reply) => controller.correct({ id: '17' }, {}, 'k-1', request, reply)],
])('%s that is refused for its body names its key all the same', async (_, call) => {
  const headers: [string, string][] = [];
  const header = (name: string, value: string): number => headers.push([name, value]);
  await expect(call({ header } as never)).rejects.toMatchObject({ kind: 'invalid-request' });
  expect(headers).toEqual([['idempotency-key', 'k-1']]);
});
