import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { securityOf } from './kafka-client.js';
import { readKafkaSecurity } from './kafka-security.js';

// Good certificates: tests/cluster/pay-ins/secured-broker.native.spec.ts.
const folder = mkdtempSync(join(tmpdir(), 'billing-kafka-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const files = { caFile: undefined, certFile: undefined, keyFile: undefined };
const user = { mechanism: 'scram-sha-512', username: 'billing' } as const;
const password = write('password', 'only-we-know\n');

describe('the files of a connection to Kafka', () => {
  test('are none in plain text', () => {
    const security = readKafkaSecurity({ ssl: undefined, sasl: undefined });
    expect(securityOf({ security })).toEqual({});
    expect(securityOf({})).toEqual({});
  });

  test('hold a password without the end of its line', () => {
    const sasl = { ...user, passwordFile: password };
    const security = readKafkaSecurity({ ssl: files, sasl });
    expect(securityOf({ security })).toEqual({
      ssl: {},
      sasl: { ...user, password: 'only-we-know' },
    });
  });

  test('give each client of kafkajs an object of its own, as it writes into it', () => {
    const security = readKafkaSecurity({ ssl: files, sasl: { ...user, passwordFile: password } });
    expect(securityOf({ security }).sasl).not.toBe(securityOf({ security }).sasl);
  });

  // What can be wrong with one: libs/config/src/tls-files.spec.ts.
  test.each([
    ['KAFKA_SSL_CA_FILE', { caFile: password }],
    ['KAFKA_SSL_CERT_FILE', { certFile: password }],
    ['KAFKA_SSL_KEY_FILE', { keyFile: password }],
  ])('%s: one that holds something else is refused', (variable, named) => {
    const read = () => readKafkaSecurity({ ssl: { ...files, ...named }, sasl: undefined });
    expect(read).toThrow(`${variable}: ${password} holds no `);
    expect(read).not.toThrow('only-we-know');
  });

  test('KAFKA_SASL_PASSWORD_FILE: one that is not there is refused', () => {
    const sasl = { ...user, passwordFile: '/no/such' };
    expect(() => readKafkaSecurity({ ssl: undefined, sasl })).toThrow(
      'KAFKA_SASL_PASSWORD_FILE: /no/such cannot be read (ENOENT)',
    );
  });
});
