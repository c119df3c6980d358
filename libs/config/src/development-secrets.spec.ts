import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDevelopmentSecrets } from './development-secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'billing-secrets-'));
const write = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const known = write('known', 'development-password-never-for-production-billing_gateway\n');
const knownKey = write('key', 'development-key-never-for-production\n-----BEGIN PUBLIC KEY-----\n');
const own = write('own', 'b2c1f0\n');

afterAll(() => rmSync(folder, { recursive: true }));

describe('secrets that everyone knows', () => {
  test('are refused in production, each by the name of its variable, never by its value', () => {
    const violations = findDevelopmentSecrets({
      NODE_ENV: 'production',
      DATABASE_PASSWORD: 'never-for-production-1',
      DATABASE_PASSWORD_FILE: known,
      JWT_PUBLIC_KEY_FILE: knownKey,
      KAFKA_SASL_PASSWORD_FILE: known,
      KAFKA_SSL_KEY_FILE: knownKey,
      HTTP_TLS_KEY_FILE: knownKey,
      GRPC_TLS_KEY_FILE: knownKey,
    });
    expect(violations).toHaveLength(7);
    expect(violations.join()).toMatch(
      /DATABASE_PASSWORD .*DATABASE_PASSWORD_FILE .*JWT_PUBLIC_KEY_FILE .*KAFKA_SASL_PASSWORD_FILE .*KAFKA_SSL_KEY_FILE .*HTTP_TLS_KEY_FILE .*GRPC_TLS_KEY_FILE /,
    );
    expect(violations.join()).not.toContain('billing_gateway');
  });

  test.each([
    ['development', { NODE_ENV: 'development', DATABASE_PASSWORD_FILE: known }],
    ['no NODE_ENV', { JWT_PUBLIC_KEY_FILE: knownKey }],
    ['production with secrets of its own', { NODE_ENV: 'production', DATABASE_PASSWORD_FILE: own }],
    ['a file that is not there', { NODE_ENV: 'production', DATABASE_PASSWORD_FILE: '/no/such' }],
  ])('%s is fine', (_, env) => {
    expect(findDevelopmentSecrets(env)).toEqual([]);
  });
});
