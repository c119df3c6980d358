import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, jwtVerify } from 'jose';
import { developerTokenSeconds, JwtKeys, writeDeveloperToken } from './jwt.js';

describe('development tokens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'geo-billing-jwt-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are signed by the key pair of the home, which a second start finds again', async () => {
    const token = await new JwtKeys(join(folder, 'jwt')).signToken({ sub: 'shop' });
    const { publicKeyFile, privateKeyFile } = new JwtKeys(join(folder, 'jwt'));
    const key = createPublicKey(readFileSync(publicKeyFile));
    const { protectedHeader, payload } = await jwtVerify(token, key);
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT' });
    expect(payload.sub).toBe('shop');
    expect(statSync(privateKeyFile).mode & 0o777).toBe(0o600);
  });

  test('of the developer name issuer, audience and scopes, and last thirty days', async () => {
    const file = join(folder, 'token');
    await writeDeveloperToken(new JwtKeys(join(folder, 'jwt')), file);
    const claims = decodeJwt(readFileSync(file, 'utf8').trim());
    expect(claims).toMatchObject({ sub: 'developer', iss: 'geo-billing', aud: 'geo-billing' });
    expect(claims['scope']).toMatch(/\baccounts:fund\b.*\bpay-ins:write\b.*\boperator:act\b/);
    expect(claims.exp! - claims.iat!).toBe(30 * 24 * 3_600);
    expect(claims.exp! - claims.iat!).toBe(developerTokenSeconds);
  });
});
