import { ConfigError, parseGatewayConfig, parseLedgerWorkerConfig } from './index.js';

const common = {
  BILLING_NODE_ID: '1',
  HTTP_PORT: '8081',
  MANAGEMENT_PORT: '8381',
  DATABASE_URL: 'postgres://billing_gateway@127.0.0.1:15432/billing',
  KAFKA_BROKERS: '127.0.0.1:19092',
};
const gateway = {
  ...common,
  COORDINATOR_URL: '127.0.0.1:50051',
  JWT_PUBLIC_KEY_FILE: '/run/keys/public.pem',
};
const user = {
  KAFKA_SASL_MECHANISM: 'scram-sha-512',
  KAFKA_SASL_USERNAME: 'billing',
  KAFKA_SASL_PASSWORD_FILE: '/run/secrets/kafka',
};
const production = {
  NODE_ENV: 'production',
  HTTP_ALLOW_PLAINTEXT: 'true',
  GRPC_ALLOW_PLAINTEXT: 'true',
  DATABASE_ALLOW_PLAINTEXT: 'true',
};
const parse = (env: object) => parseLedgerWorkerConfig({ ...common, ...env }).kafka.security;

describe('how an app reaches Kafka', () => {
  test('is in plain text and as nobody unless something else is said', () => {
    expect(parse({})).toEqual({ ssl: undefined, sasl: undefined });
  });

  test('is the same for the gateway and the ledger worker', () => {
    const env = { ...user, KAFKA_SSL_CA_FILE: '/ca.pem' };
    const security = {
      ssl: { caFile: '/ca.pem', certFile: undefined, keyFile: undefined },
      sasl: { mechanism: 'scram-sha-512', username: 'billing', passwordFile: '/run/secrets/kafka' },
    };
    expect(parse(env)).toEqual(security);
    expect(parseGatewayConfig({ ...gateway, ...env }).kafka.security).toEqual(security);
  });

  test.each([
    ['public CAs', { KAFKA_SSL: 'true' }, { ssl: {} }],
    ['a CA of its own', { KAFKA_SSL_CA_FILE: '/ca' }, { ssl: { caFile: '/ca' } }],
    [
      'a client certificate',
      { KAFKA_SSL_CERT_FILE: '/c', KAFKA_SSL_KEY_FILE: '/k' },
      { ssl: { certFile: '/c', keyFile: '/k' } },
    ],
    ['a user without encryption', user, { ssl: undefined, sasl: { username: 'billing' } }],
    [
      'a plain password, encrypted',
      { ...user, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SSL: 'true' },
      { sasl: { mechanism: 'plain' } },
    ],
  ])('with %s', (_, env, security) => {
    expect(parse(env)).toMatchObject(security);
  });

  test.each([
    ['a key alone', { KAFKA_SSL_KEY_FILE: '/k' }, ['KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE']],
    ['a certificate alone', { KAFKA_SSL_CERT_FILE: '/c' }, ['set both or none']],
    ['a file and no TLS', { KAFKA_SSL: 'false', KAFKA_SSL_CA_FILE: '/ca' }, ['KAFKA_SSL is false']],
    ['TLS perhaps', { KAFKA_SSL: 'maybe' }, ['KAFKA_SSL must be']],
    [
      'a user without a mechanism',
      { KAFKA_SASL_USERNAME: 'billing' },
      ['KAFKA_SASL_USERNAME is set without KAFKA_SASL_MECHANISM', 'scram-sha-512'],
    ],
    [
      'a mechanism alone',
      { KAFKA_SASL_MECHANISM: 'scram-sha-256' },
      ['without KAFKA_SASL_USERNAME', 'without KAFKA_SASL_PASSWORD_FILE'],
    ],
    ['an unknown mechanism', { ...user, KAFKA_SASL_MECHANISM: 'md5' }, ['KAFKA_SASL_MECHANISM']],
    [
      'a password in plain text',
      { ...user, KAFKA_SASL_MECHANISM: 'plain' },
      ['KAFKA_SASL_MECHANISM is plain', 'KAFKA_SSL_CA_FILE'],
    ],
    [
      'production without either',
      production,
      ['KAFKA_SSL_CA_FILE', 'KAFKA_SASL_MECHANISM', 'KAFKA_ALLOW_PLAINTEXT=true'],
    ],
    ['production without encryption', { ...production, ...user }, ['nothing encrypts']],
    ['production as nobody', { ...production, KAFKA_SSL: 'true' }, ['cannot tell who this is']],
    ['plain text perhaps', { KAFKA_ALLOW_PLAINTEXT: 'yes' }, ['KAFKA_ALLOW_PLAINTEXT']],
  ])('%s is refused with what to set', (_, env, words) => {
    expect(() => parse(env)).toThrow(ConfigError);
    for (const word of words) expect(() => parse(env)).toThrow(word);
    expect(() => parseGatewayConfig({ ...gateway, ...env })).toThrow(words[0]);
  });

  test.each([
    ['a user and encryption', { ...user, KAFKA_SSL: 'true' }],
    ['a client certificate', { KAFKA_SSL_CERT_FILE: '/c', KAFKA_SSL_KEY_FILE: '/k' }],
    ['plain text that is meant', { KAFKA_ALLOW_PLAINTEXT: 'true' }],
  ])('production takes %s', (_, env) => {
    expect(() => parse({ ...production, ...env })).not.toThrow();
  });
});
