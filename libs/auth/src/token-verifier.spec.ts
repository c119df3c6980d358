import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { KeysUnavailableError, TokenRefusedError, TokenVerifier } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'billing-auth-'));
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strangers = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKeyFile = join(folder, 'public.pem');
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' });
writeFileSync(publicKeyFile, publicPem);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const expected = { issuer: 'geo-billing', audience: 'geo-billing' };
const verifier = TokenVerifier.create({ publicKeyFile, ...expected });

interface Shape {
  sub?: string;
  scope?: string;
  issuer?: string;
  audience?: string;
  expires?: string | undefined;
  key?: KeyObject | Uint8Array;
  alg?: string;
  kid?: string;
}
async function sign(shape: Shape = {}): Promise<string> {
  const token = new SignJWT(shape.scope === undefined ? {} : { scope: shape.scope })
    .setProtectedHeader({ alg: shape.alg ?? 'ES256', ...(shape.kid ? { kid: shape.kid } : {}) })
    .setIssuer(shape.issuer ?? 'geo-billing')
    .setAudience(shape.audience ?? 'geo-billing');
  if (shape.sub !== '') token.setSubject(shape.sub ?? 'shop');
  if (!('expires' in shape)) token.setExpirationTime('1h');
  else if (shape.expires !== undefined) token.setExpirationTime(shape.expires);
  return `Bearer ${await token.sign(shape.key ?? keys.privateKey)}`;
}

describe('a bearer token', () => {
  test('names its client and scopes', async () => {
    const client = await verifier.verify(await sign({ scope: 'a:read  b:write' }));
    expect(client.id).toBe('shop');
    expect([...client.scopes]).toEqual(['a:read', 'b:write']);
  });

  test('without scopes is one of a client who may do nothing', async () => {
    expect((await verifier.verify(await sign())).scopes.size).toBe(0);
  });

  test.each<[string, () => Promise<string | undefined>]>([
    ['that is missing', async () => undefined],
    ['of another scheme', async () => 'Basic c2hvcDpzaG9w'],
    ['that is no JWT', async () => 'Bearer a.b.c'],
    ['signed by a stranger', () => sign({ key: strangers.privateKey })],
    ['of another kind of key', () => sign({ key: rsa.privateKey, alg: 'RS256' })],
    [
      'signed with the public key as a secret',
      () => sign({ key: Buffer.from(publicPem), alg: 'HS256' }),
    ],
    ['without signature', async () => (await sign()).replace(/\.[\w-]+$/, '.')],
    ['of another issuer', () => sign({ issuer: 'someone' })],
    ['for another audience', () => sign({ audience: 'someone' })],
    ['that has expired', () => sign({ expires: '-1m' })],
    ['that never expires', () => sign({ expires: undefined })],
    ['that names no client', () => sign({ sub: '' })],
    ['that names a client of 201 characters', () => sign({ sub: 'x'.repeat(201) })],
  ])('%s is refused', async (_, make) => {
    await expect(verifier.verify(await make())).rejects.toThrow(TokenRefusedError);
  });
});

describe('keys from a key set', () => {
  let server: Server | undefined;
  let served: { status: number; keys: object[] };
  let fetches = 0;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });
  async function serve(status: number, ...keysServed: object[]): Promise<TokenVerifier> {
    served = { status, keys: keysServed };
    fetches = 0;
    server = createServer((_, response) => {
      fetches += 1;
      const body = JSON.stringify({ keys: served.keys });
      response.writeHead(served.status, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return TokenVerifier.create({ jwksUrl: `http://127.0.0.1:${port}/jwks`, ...expected });
  }
  const jwkOf = async (key: KeyObject, kid?: string): Promise<object> => ({
    ...(await exportJWK(key)),
    alg: 'ES256',
    use: 'sig',
    ...(kid === undefined ? {} : { kid }),
  });

  test('are found by their id', async () => {
    const remote = await serve(200, await jwkOf(keys.publicKey, 'one'));
    expect((await remote.verify(await sign({ kid: 'one' }))).id).toBe('shop');
    await expect(remote.verify(await sign({ kid: 'two' }))).rejects.toThrow(TokenRefusedError);
  });

  test('that cannot be read are not the fault of the token', async () => {
    const remote = await serve(500);
    await expect(remote.verify(await sign({ kid: 'one' }))).rejects.toThrow(KeysUnavailableError);
    const nowhere = TokenVerifier.create({ jwksUrl: 'http://127.0.0.1:1/jwks', ...expected });
    await expect(nowhere.verify(await sign({ kid: 'one' }))).rejects.toThrow(KeysUnavailableError);
  });

  test('that came right after the set was fetched are believed at once', async () => {
    const remote = await serve(200, await jwkOf(strangers.publicKey, 'one'));
    await remote.verify(await sign({ kid: 'one', key: strangers.privateKey }));
    served.keys.push(await jwkOf(keys.publicKey, 'two'));
    expect((await remote.verify(await sign({ kid: 'two' }))).id).toBe('shop');
  });

  test('that have no id are each tried, and fetched again before a token is refused', async () => {
    const remote = await serve(
      200,
      await jwkOf(strangers.publicKey),
      await exportJWK(rsa.publicKey),
      await jwkOf(keys.publicKey),
    );
    expect((await remote.verify(await sign())).id).toBe('shop');
    const others = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const theirs = await sign({ key: others.privateKey });
    await expect(remote.verify(theirs)).rejects.toThrow(TokenRefusedError);
    served.keys = [await jwkOf(others.publicKey)];
    expect((await remote.verify(theirs)).id).toBe('shop');
  });

  test('are fetched once a second at most, however many ids are made up', async () => {
    const remote = await serve(200, await jwkOf(strangers.publicKey, 'one'));
    await remote.verify(await sign({ kid: 'one', key: strangers.privateKey }));
    const startedMs = performance.now();
    const flood = async (): Promise<void> => {
      for (let i = 0; performance.now() - startedMs < 2_500 && i < 1_000; i += 1) {
        const verdict = remote.verify(await sign({ kid: randomUUID() }));
        await expect(verdict).rejects.toThrow(TokenRefusedError);
      }
    };
    const floods = Array.from({ length: 20 }, flood);
    // A true one waits its turn with them.
    served.keys.push(await jwkOf(keys.publicKey, 'two'));
    expect((await remote.verify(await sign({ kid: 'two' }))).id).toBe('shop');
    await Promise.all(floods);
    const seconds = (performance.now() - startedMs) / 1_000;
    expect(fetches).toBeGreaterThan(1);
    expect(fetches).toBeLessThanOrEqual(2 + Math.ceil(seconds));
  }, 20_000);

  test('that cannot be fetched are asked for once a second at most', async () => {
    const remote = await serve(500);
    const startedMs = performance.now();
    for (let i = 0; performance.now() - startedMs < 1_500 && i < 1_000; i += 1) {
      await expect(remote.verify(await sign())).rejects.toThrow(KeysUnavailableError);
    }
    const seconds = (performance.now() - startedMs) / 1_000;
    expect(fetches).toBeLessThanOrEqual(2 + Math.ceil(seconds));
  }, 20_000);
});
