import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import {
  KeysUnavailableError,
  TokenRefusedError,
  TokenVerifier,
  type RefusalReason,
} from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'billing-auth-'));
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strangers = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKeyFile = join(folder, 'public.pem');
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' });
writeFileSync(publicKeyFile, publicPem);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lifetimeMaxS = 86_400;
const expected = {
  issuer: 'geo-billing',
  audience: 'geo-billing',
  lifetimeMaxS,
  tenantClaim: 'tenant',
  wantsTenant: false,
};
const verifier = TokenVerifier.create({ publicKeyFile, ...expected });

const nowS = (): number => Math.floor(Date.now() / 1_000);

interface Shape {
  sub?: string;
  /** Claims as they are, such as a scope; undefined: not there. */
  claims?: Record<string, unknown>;
  issuer?: string;
  audience?: string;
  expires?: string | undefined;
  key?: KeyObject | Uint8Array;
  alg?: string;
  kid?: string;
}
async function sign(shape: Shape = {}): Promise<string> {
  const token = new SignJWT({ iat: nowS(), ...shape.claims })
    .setProtectedHeader({ alg: shape.alg ?? 'ES256', ...(shape.kid ? { kid: shape.kid } : {}) })
    .setIssuer(shape.issuer ?? 'geo-billing')
    .setAudience(shape.audience ?? 'geo-billing');
  if (shape.sub !== '') token.setSubject(shape.sub ?? 'shop');
  if (shape.claims?.['exp'] !== undefined)
    return `Bearer ${await token.setSubject('shop').sign(keys.privateKey)}`;
  if (!('expires' in shape)) token.setExpirationTime('1h');
  else if (shape.expires !== undefined) token.setExpirationTime(shape.expires);
  return `Bearer ${await token.sign(shape.key ?? keys.privateKey)}`;
}

describe('a bearer token', () => {
  test('names its client', async () => {
    expect((await verifier.verify(await sign())).id).toBe('shop');
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['words', { scope: 'a:read  b:write' }, ['a:read', 'b:write']],
    ['a list', { scope: ['a:read', 'b:write'] }, ['a:read', 'b:write']],
    ['the list of Okta', { scp: ['a:read', 'b:write'] }, ['a:read', 'b:write']],
    ['the words of Azure', { scp: 'a:read b:write' }, ['a:read', 'b:write']],
    ['null for what it has not got', { scope: null, scp: ['a:read'] }, ['a:read']],
    ['both, of which scope counts', { scope: 'a:read', scp: ['b:write'] }, ['a:read']],
    ['an empty list', { scope: [] }, []],
    ['none, and the client may do nothing', {}, []],
    [
      'acting, which includes looking',
      { scope: 'operator:act' },
      ['operator:act', 'operator:read'],
    ],
    ['looking, which does not include acting', { scope: 'operator:read' }, ['operator:read']],
    [
      'the word of before, which means both',
      { scope: ['operator'] },
      ['operator', 'operator:read', 'operator:act'],
    ],
  ])('has scopes as %s', async (_, claims, scopes) => {
    expect([...(await verifier.verify(await sign({ claims }))).scopes]).toEqual(scopes);
  });

  test.each<[string, Record<string, unknown>, readonly string[] | 'all']>([
    ['none, and is the default one', {}, ['default']],
    ['null, which is none', { tenant: null }, ['default']],
    ['a name', { tenant: 'acme' }, ['acme']],
    ['a list', { tenant: ['acme', 'shop.1', 'acme'] }, ['acme', 'shop.1']],
    ['all', { tenant: '*' }, 'all'],
  ])('names as its tenant %s', async (_, claims, tenants) => {
    expect((await verifier.verify(await sign({ claims }))).tenants).toEqual(tenants);
  });

  test('may have to name its tenant, in a claim of any name', async () => {
    const rules = { ...expected, tenantClaim: 'https://x.example/org', wantsTenant: true };
    const strict = TokenVerifier.create({ publicKeyFile, ...rules });
    const claims = { 'https://x.example/org': 'acme' };
    expect((await strict.verify(await sign({ claims }))).tenants).toEqual(['acme']);
    await expect(strict.verify(await sign({ claims: { tenant: 'acme' } }))).rejects.toMatchObject({
      reason: 'tenant',
    });
  });

  const day = 86_400;
  test.each<[string, () => Record<string, unknown>]>([
    ['for a day', () => ({ iat: nowS() - 60, exp: nowS() - 60 + day })],
    ['for what is left of it, its issue unknown', () => ({ iat: undefined, exp: nowS() + day })],
    ['from its first moment on', () => ({ iat: undefined, nbf: nowS(), exp: nowS() + day })],
    ['from now on for a clock that is ahead', () => ({ iat: nowS() + 4, exp: nowS() + 4 + day })],
  ])('may last %s', async (_, claims) => {
    expect((await verifier.verify(await sign({ claims: claims() }))).id).toBe('shop');
  });

  test.each<[string, RefusalReason, () => Promise<string | undefined>]>([
    ['that is missing', 'missing', async () => undefined],
    ['of another scheme', 'malformed', async () => 'Basic c2hvcDpzaG9w'],
    ['that is no JWT', 'malformed', async () => 'Bearer a.b.c'],
    ['signed by a stranger', 'signature', () => sign({ key: strangers.privateKey })],
    ['of another kind of key', 'algorithm', () => sign({ key: rsa.privateKey, alg: 'RS256' })],
    [
      'signed with the public key as a secret',
      'algorithm',
      () => sign({ key: Buffer.from(publicPem), alg: 'HS256' }),
    ],
    ['without signature', 'malformed', async () => (await sign()).replace(/\.[\w-]+$/, '.')],
    ['of another issuer', 'issuer', () => sign({ issuer: 'someone' })],
    ['for another audience', 'audience', () => sign({ audience: 'someone' })],
    ['that has expired', 'expired', () => sign({ expires: '-1m' })],
    ['that never expires', 'lifetime', () => sign({ expires: undefined })],
    ['that is for later', 'not_yet_valid', () => sign({ claims: { nbf: nowS() + 600 } })],
    ['with a time that is none', 'claims', () => sign({ claims: { nbf: 'soon' } })],
    ['that lasts a second too long', 'lifetime', () => sign(lasting(nowS(), day + 1))],
    [
      'that lasts too long from its first moment',
      'lifetime',
      () => sign(lasting(undefined, day, nowS() - 1)),
    ],
    ['that lasts too long from now', 'lifetime', () => sign(lasting(undefined, day + 60))],
    [
      'issued in a year, to last till then',
      'lifetime',
      () => sign(lasting(nowS() + 365 * day, 366 * day)),
    ],
    ['that names no client', 'client', () => sign({ sub: '' })],
    ['that names a client of 201 characters', 'client', () => sign({ sub: 'x'.repeat(201) })],
    ...[7, { a: true }, ['a', 7], ['a b'], [['a']], ['']].map(
      (scope): [string, RefusalReason, () => Promise<string>] => [
        `with the scope ${JSON.stringify(scope)}`,
        'scope',
        () => sign({ claims: { scope } }),
      ],
    ),
    ...[7, '', [], {}, ['acme', '*'], 'a b', 'x'.repeat(64), ['']].map(
      (tenant): [string, RefusalReason, () => Promise<string>] => [
        `of the tenant ${JSON.stringify(tenant)}`,
        'tenant',
        () => sign({ claims: { tenant } }),
      ],
    ),
    ['with scp that is no text', 'scope', () => sign({ claims: { scp: true } })],
  ])('%s is refused: %s', async (_, reason, make) => {
    const refused: unknown = await verifier.verify(await make()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TokenRefusedError);
    expect(refused).toMatchObject({ reason });
  });

  test('is told what is wrong with its scope and its life, and how long that may be', async () => {
    const refusalOf = (claims: Record<string, unknown>): Promise<unknown> =>
      sign({ claims })
        .then((token) => verifier.verify(token))
        .catch((error: unknown) => error);
    expect(await refusalOf({ scope: 7 })).toMatchObject({
      message: expect.stringContaining('claim scope'),
    });
    expect(await refusalOf({ scp: 7 })).toMatchObject({
      message: expect.stringContaining('claim scp'),
    });
    expect(await refusalOf({ exp: nowS() + 2 * day })).toMatchObject({
      message: 'the token lasts too long: 86400 seconds are the most',
    });
  });
});

/** Ends so much from now on. */
function lasting(iat: number | undefined, seconds: number, nbf?: number): Shape {
  return { claims: { iat, nbf, exp: nowS() + seconds } };
}

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

  test('that cannot be read are not an error of the token', async () => {
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
