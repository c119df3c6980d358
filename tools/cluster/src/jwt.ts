import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';

export const jwtIssuer = 'geo-billing';
export const jwtAudience = 'geo-billing';

export const developerScopes = [
  'accounts:read',
  'accounts:write',
  'accounts:fund',
  'pay-ins:write',
  'pay-ins:read',
  'pay-outs:write',
  'pay-outs:read',
  'services:read',
  'services:write',
  'operator:read',
  'operator:act',
].join(' ');

export interface TokenClaims {
  readonly sub: string;
  readonly scope?: string;
  /** Of whose accounts; `*`: all. Without it, of the default tenant. */
  readonly tenant?: string | readonly string[];
  readonly iss?: string;
  readonly aud?: string;
  readonly expiresInSeconds?: number;
}

/** Stands above the key itself, where readers of PEM pass it over; production refuses what bears it. */
const marker = 'development-key-never-for-production\n';

/** A development key pair: whoever holds the private half is any client it likes. */
export class JwtKeys {
  readonly privateKeyFile: string;
  readonly publicKeyFile: string;

  constructor(folder: string) {
    this.privateKeyFile = join(folder, 'private.pem');
    this.publicKeyFile = join(folder, 'public.pem');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (existsSync(this.privateKeyFile) && existsSync(this.publicKeyFile)) return;
    const { privateKey, publicKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    writeFileSync(this.privateKeyFile, marker + privateKey, { mode: 0o600 });
    writeFileSync(this.publicKeyFile, marker + publicKey, { mode: 0o644 });
  }

  signToken(claims: TokenClaims): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const { expiresInSeconds = 3_600, ...named } = claims;
    return new SignJWT({ iss: jwtIssuer, aud: jwtAudience, scope: developerScopes, ...named })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
      .setIssuedAt(now)
      .setExpirationTime(now + expiresInSeconds)
      .sign(createPrivateKey(readFileSync(this.privateKeyFile)));
  }
}

/** How long a developer's token lasts, and may last in a cluster of this machine. */
export const developerTokenSeconds = 30 * 24 * 3_600;

export async function writeDeveloperToken(keys: JwtKeys, file: string): Promise<void> {
  const token = await keys.signToken({
    sub: 'developer',
    expiresInSeconds: developerTokenSeconds,
  });
  // Renamed into place: a reader sees the old token or the new one, whole.
  writeFileSync(`${file}.new`, `${token}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
