import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { RateLimiter } from '@billing/auth';
import type { Client } from '@billing/auth';
import { ClientAccess } from './client-access.js';

const client = (scope: string, expiresAtMs: number): Client => ({
  id: 'shop',
  scopes: new Set([scope]),
  tenants: ['default'],
  expiresAtMs,
});

describe('a client of a stream', () => {
  test('is known for a moment, and not beyond the end of its token', async () => {
    let asked = 0;
    const endMs = Date.now() + 300;
    const access = new ClientAccess({
      verify: () => {
        asked += 1;
        return Promise.resolve(client('pay-outs:write', endMs));
      },
    });
    const recognize = async (): Promise<Client> => access.recognize('Bearer a', 'PayOuts');
    await recognize();
    await recognize();
    // A machine may be too busy for both to fit into the token's time.
    if (Date.now() < endMs) expect(asked).toBe(1);
    while (Date.now() < endMs) await sleep(20);
    const before = asked;
    await recognize();
    await recognize();
    expect(asked).toBe(before + 2);
  });
});

test('a client that makes more calls than it may is refused, on a stream too, and others are not', async () => {
  const verify = (authorization = ''): Promise<Client> =>
    Promise.resolve({ ...client('pay-outs:write', Infinity), tenants: [authorization.slice(7)] });
  const access = new ClientAccess({ verify }, new RateLimiter(2));
  const call = async (tenant: string): Promise<Client> =>
    access.recognize(`Bearer ${tenant}`, 'PayOuts');
  await call('acme');
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer acme');
  await access.authorize(metadata, 'PayOut');
  await expect(call('acme')).rejects.toMatchObject({ code: 'RATE_EXCEEDED', retryable: true });
  await expect(access.authorize(metadata, 'PayOut')).rejects.toMatchObject({
    code: 'RATE_EXCEEDED',
  });
  // Of the same name, of another tenant.
  expect(await call('shop')).toMatchObject({ id: 'shop', tenants: ['shop'] });
});

describe('a client of what serves every call', () => {
  const as = (scope: string): Promise<Client> =>
    new ClientAccess({ verify: () => Promise.resolve(client(scope, Infinity)) }).authorizeAny(
      new Metadata(),
    );

  test('may make one of them', async () => {
    for (const scope of ['services:read', 'operator:act', 'pay-outs:read']) {
      expect((await as(scope)).id).toBe('shop');
    }
    await expect(as('accounts:read')).rejects.toMatchObject({ code: 'SCOPE_MISSING' });
  });
});
