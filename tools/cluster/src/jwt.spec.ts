import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JwtKeys, writeDeveloperToken } from './jwt.js';

describe('development tokens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'geo-billing-jwt-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('are signed by the key pair of the home, which a second start finds again', () => {
    const token = new JwtKeys(join(folder, 'jwt')).signToken({ sub: 'shop' });
    const { publicKeyFile, privateKeyFile } = new JwtKeys(join(folder, 'jwt'));
    const [header, payload, signature] = token.split('.');
    const key = createPublicKey(readFileSync(publicKeyFile));
    const isGood = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature!, 'base64url'),
    );
    expect(isGood).toBe(true);
    expect(statSync(privateKeyFile).mode & 0o777).toBe(0o600);
  });

  test('of the developer name issuer, audience and scopes, and last thirty days', () => {
    const file = join(folder, 'token');
    writeDeveloperToken(new JwtKeys(join(folder, 'jwt')), file);
    const [, payload] = readFileSync(file, 'utf8').trim().split('.');
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Record<
      string,
      number
    >;
    expect(claims).toMatchObject({ sub: 'developer', iss: 'geo-billing', aud: 'geo-billing' });
    expect(claims['scope']).toMatch(/\bpay-ins:write\b.*\boperator\b/);
    expect(claims['exp']! - claims['iat']!).toBe(30 * 24 * 3_600);
  });
});
