import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { parseConnectionUrl } from './connection-url.js';

const folder = mkdtempSync(join(tmpdir(), 'billing-url-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const certificate = write('ca.pem', rootCertificates[0]!);
const text = write('text', 'only-we-know');
const url = 'postgres://billing_gateway@127.0.0.1:15432/billing';

describe('DATABASE_URL', () => {
  test('is without TLS unless it says so', () => {
    const config = parseConnectionUrl(url);
    expect(config).toMatchObject({
      user: 'billing_gateway',
      host: '127.0.0.1',
      port: 15_432,
      database: 'billing',
    });
    expect(config.ssl).toBeUndefined();
  });

  test('wants a server whose certificate is of the CA in sslrootcert', () => {
    const { ssl } = parseConnectionUrl(`${url}?sslmode=verify-full&sslrootcert=${certificate}`);
    expect(ssl).toEqual({ ca: rootCertificates[0] });
  });

  test.each([
    ['sslrootcert=/no/such', 'DATABASE_URL: /no/such cannot be read (ENOENT)'],
    [`sslrootcert=${text}`, 'sslrootcert holds no certificate in PEM'],
    [`sslcert=${certificate}`, 'sslcert and sslkey belong together'],
    [`sslcert=${certificate}&sslkey=${text}`, 'sslcert and sslkey are not a certificate and'],
  ])('with %s is refused', (query, words) => {
    const parse = () => parseConnectionUrl(`${url}?sslmode=verify-full&${query}`);
    expect(parse).toThrow(words);
    expect(parse).not.toThrow('only-we-know');
  });
});
