import { Metadata, type ServerUnaryCall } from '@grpc/grpc-js';
import type { DeleteAccountRequest, OpenAccountRequest } from '@billing/contracts';
import type { CoordinatorSettings } from '../grpc/call-deadline.js';
import { ClientAccess } from '../grpc/client-access.js';
import { AccountController } from './account.controller.js';
import type { AccountDesk } from './account-desk.js';

const call = {
  getDeadline: () => Infinity,
  getPeer: () => '127.0.0.1:50123',
} as unknown as ServerUnaryCall<unknown, unknown>;

/** Of a client with these scopes; the desk does whatever reaches it. */
function controllerFor(...scopes: string[]): AccountController {
  const client = {
    id: 'shop',
    scopes: new Set(scopes),
    tenants: ['default'],
    expiresAtMs: Infinity,
  };
  return new AccountController(
    new ClientAccess({ verify: () => Promise.resolve(client) }),
    {
      open: () => Promise.resolve('done'),
      delete: () => Promise.resolve('done'),
    } as unknown as AccountDesk,
    { callDeadlineMs: 1_000 } as CoordinatorSettings,
  );
}

const open = (initialBalance: string, ...scopes: string[]): Promise<unknown> =>
  controllerFor(...scopes).openAccount(
    { username: 'ada', currency: '', initialBalance, idempotencyKey: 'k' } as OpenAccountRequest,
    new Metadata(),
    call,
  );

const remove = (force: boolean, ...scopes: string[]): Promise<unknown> =>
  controllerFor(...scopes).deleteAccount(
    { accountId: '1', force, reason: 'fraud' } as DeleteAccountRequest,
    new Metadata(),
    call,
  );

const lacks = (scope: string): object => ({ code: 'SCOPE_MISSING', facts: { scope } });

describe('opening an account', () => {
  test.each(['', '0', '0.00', '-0'])(
    'with %j brings no money: accounts:write is enough',
    (amount) => expect(open(amount, 'accounts:write')).resolves.toBe('done'),
  );

  test.each(['100.00', '0.01', '10', '1e3', '.5'])(
    'with %j wants accounts:fund too',
    async (amount) => {
      await expect(open(amount, 'accounts:write')).rejects.toMatchObject(lacks('accounts:fund'));
      expect(await open(amount, 'accounts:write', 'accounts:fund')).toBe('done');
    },
  );

  test('is not allowed by accounts:fund alone', () =>
    expect(open('1', 'accounts:fund')).rejects.toMatchObject(lacks('accounts:write')));
});

test('deleting one by force wants operator:act too', async () => {
  expect(await remove(false, 'accounts:write')).toBe('done');
  await expect(remove(true, 'accounts:write', 'operator:read')).rejects.toMatchObject(
    lacks('operator:act'),
  );
  expect(await remove(true, 'accounts:write', 'operator:act')).toBe('done');
});
