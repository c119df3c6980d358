import { Metadata, type ServerUnaryCall } from '@grpc/grpc-js';
import { RateLimiter } from '@billing/auth';
import type { CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess } from '../grpc/client-access.js';
import type { LetterDesk } from './letter-desk.js';
import { LetterController } from './letter.controller.js';

const call = {
  getDeadline: () => Infinity,
  getPeer: () => '192.0.2.7:50123',
} as unknown as ServerUnaryCall<unknown, unknown>;
const client = {
  id: 'ops',
  scopes: new Set(['operator:act']),
  tenants: ['default'],
  expiresAtMs: Infinity,
};
const twenty = Array<string>(20).fill('billing.payin/0/1');

let controller: LetterController;
let actors: unknown[];

beforeEach(() => {
  actors = [];
  const done = (actor: unknown): Promise<unknown> => {
    actors.push(actor);
    return Promise.resolve({ results: twenty });
  };
  controller = new LetterController(
    new ClientAccess({ verify: () => Promise.resolve(client) }, new RateLimiter(10)),
    { actOnMany: done, retryParked: done, discardParked: done } as unknown as LetterDesk,
    { callDeadlineMs: 1_000 } as CoordinatorSettings,
  );
});

test.each<[string, () => Promise<unknown>]>([
  [
    'acts on letters',
    () => controller.actOnMany({ act: 'discard', ids: twenty, note: 'why' }, new Metadata(), call),
  ],
  [
    'retries of parked pay-ins',
    () => controller.retryParked({ ids: twenty, note: '' }, new Metadata(), call),
  ],
  [
    'retries of all that are parked',
    () => controller.retryParked({ ids: [], note: '' }, new Metadata(), call),
  ],
  [
    'discards of parked pay-ins',
    () => controller.discardParked({ ids: twenty, note: 'why' }, new Metadata(), call),
  ],
])('%s count each for the rate of their client, whose address they bear', async (_, act) => {
  await act();
  await expect(act()).rejects.toMatchObject({ code: 'RATE_EXCEEDED' });
  expect(actors).toEqual([{ ...client, address: '192.0.2.7' }]);
});
