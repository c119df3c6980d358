import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { NamedFileError, readTlsFiles } from './index.js';

// A certificate with its key: tests/cluster/gateway/secured-transport.native.spec.ts.
const folder = mkdtempSync(join(tmpdir(), 'billing-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const text = write('text', 'only-we-know\n');
// Some of those that Node comes with have run out.
const lasting = rootCertificates.reduce((one, other) => (endOf(one) > endOf(other) ? one : other));
const certificate = write('certificate', lasting);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const asPem = { type: 'pkcs8', format: 'pem' } as const;
const key = write('key', privateKey.export(asPem) as string);
const locked = write(
  'locked',
  privateKey.export({ ...asPem, cipher: 'aes-256-cbc', passphrase: 'only-we-know' }) as string,
);
const broken = write('broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');

/** Valid for a day of 2020. */
const expired = write(
  'expired',
  `-----BEGIN CERTIFICATE-----
MIIBejCCAR+gAwIBAgIUEjdt/HoC4LXoROA85uHjQMYI4VAwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHZXhwaXJlZDAeFw0yMDAxMDEwMDAwMDBaFw0yMDAxMDIwMDAw
MDBaMBIxEDAOBgNVBAMMB2V4cGlyZWQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARFBkI3AODsmajI1/d5zWRHu2wa1u41EKHyd6qVzyoMgKhi91YKnB8FIOLtIgFz
oGbehTtz2bdueUtStW27INiyo1MwUTAdBgNVHQ4EFgQUt2BxgQwi+uu8XjVT2uRe
CPCVKWQwHwYDVR0jBBgwFoAUt2BxgQwi+uu8XjVT2uReCPCVKWQwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA/ubxgTMApj0TGOpcs6ndx4+9WA62
XHrBUuvjCGI1+pQCIQDfcR3Fn8tV9ZtlcovcIORRafTnHt6tPVVqTO4u6furkg==
-----END CERTIFICATE-----
`,
);

/** Valid for a day of 2099. */
const early = write(
  'early',
  `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUZt9Ew+C0tGbFRqLi68FeZEVMtygwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFZWFybHkwIhgPMjA5OTAxMDEwMDAwMDBaGA8yMDk5MDEwMjAw
MDAwMFowEDEOMAwGA1UEAwwFZWFybHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AATXeZ+rzD3hIDtSAy21QS2KIadr5nRaJqIFV7oWBRm3nucmww+tHcOi2V/5HIkY
E7WSgkZEcV5cK9DpFemfaa1io1MwUTAdBgNVHQ4EFgQUBXNfbhk2UMbH/SCYmCM3
VN9Ts1cwHwYDVR0jBBgwFoAUBXNfbhk2UMbH/SCYmCM3VN9Ts1cwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA5wu4dthoHx6F+JQ+nJIF6egS26z0
hGe2ls+5boMWro8CIBvoqto1TE0JlwDXp6gExyzHik7pVqZicZkpcTrOFTX0
-----END CERTIFICATE-----
`,
);

test('of TLS hold what is given to TLS', () => {
  expect(readTlsFiles({ caFile: certificate }, 'GRPC_TLS')).toEqual({ ca: lasting });
  expect(readTlsFiles({}, 'GRPC_TLS')).toEqual({});
});

describe('a file of TLS that is of no use is refused by the name of its variable', () => {
  test.each([
    ['HTTP_TLS_CA_FILE', 'cannot be read (ENOENT)', { caFile: '/no/such' }],
    ['HTTP_TLS_CA_FILE', 'cannot be read (EISDIR)', { caFile: folder }],
    ['HTTP_TLS_CA_FILE', 'is empty', { caFile: write('empty', '\n') }],
    ['HTTP_TLS_CA_FILE', 'holds no certificate in PEM', { caFile: text }],
    ['HTTP_TLS_CA_FILE', 'holds no certificate in PEM', { caFile: broken }],
    ['HTTP_TLS_CA_FILE', 'expired Jan  2', { caFile: expired }],
    ['HTTP_TLS_CERT_FILE', 'holds no certificate in PEM', { certFile: text }],
    ['HTTP_TLS_CERT_FILE', 'expired Jan  2', { certFile: expired, keyFile: key }],
    ['HTTP_TLS_CERT_FILE', 'valid only from Jan  1', { certFile: early, keyFile: key }],
    ['HTTP_TLS_KEY_FILE', 'holds no private key', { keyFile: text }],
    ['HTTP_TLS_KEY_FILE', 'without a passphrase', { keyFile: locked }],
    [
      'HTTP_TLS_KEY_FILE',
      'is not the key of the certificate in HTTP_TLS_CERT_FILE',
      { certFile: certificate, keyFile: key },
    ],
  ])('%s: one that %s', (variable, said, named) => {
    const read = () => readTlsFiles(named, 'HTTP_TLS');
    expect(read).toThrow(NamedFileError);
    expect(read).toThrow(`${variable}: `);
    expect(read).toThrow(said);
    expect(read).not.toThrow('only-we-know');
  });

  test('unless there is a CA that has not expired beside one that has', () => {
    const caFile = write('cas', readFileSync(expired, 'utf8') + lasting);
    expect(() => readTlsFiles({ caFile }, 'HTTP_TLS')).not.toThrow();
  });

  test('that of a CA by another name, where it has one', () => {
    const read = () => readTlsFiles({ caFile: text }, 'GRPC_TLS', 'GRPC_TLS_CLIENT_CA_FILE');
    expect(read).toThrow('GRPC_TLS_CLIENT_CA_FILE: ');
  });
});

function endOf(certificate: string): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}
