import {
  ConfigError,
  parseCoordinatorConfig,
  parseGatewayConfig,
  parseLedgerWorkerConfig,
  type Environment,
} from './index.js';

const common = {
  BILLING_NODE_ID: '1',
  MANAGEMENT_PORT: '8381',
  DATABASE_URL: 'postgres://billing@127.0.0.1:15432/billing',
};
const jwt = { JWT_PUBLIC_KEY_FILE: '/run/keys/public.pem' };
const kafka = { KAFKA_BROKERS: '127.0.0.1:19092' };
const gateway = {
  ...common,
  ...kafka,
  ...jwt,
  HTTP_PORT: '8081',
  COORDINATOR_URL: '127.0.0.1:50051',
};
const coordinator = { ...common, ...jwt, GRPC_PORT: '50051' };
const ledgerWorker = { ...common, ...kafka };

const pair = { certFile: '/c', keyFile: '/k' };
const http = { HTTP_TLS_CERT_FILE: '/c', HTTP_TLS_KEY_FILE: '/k' };
const grpc = { GRPC_TLS_CERT_FILE: '/c', GRPC_TLS_KEY_FILE: '/k' };

describe('HTTP and gRPC', () => {
  test('are in plain text unless something else is said', () => {
    expect(parseGatewayConfig(gateway).http.tls).toBeUndefined();
    expect(parseGatewayConfig(gateway).coordinator.tls).toBeUndefined();
    expect(parseCoordinatorConfig(coordinator).grpc.tls).toBeUndefined();
  });

  test('have certificates that files hold, HTTP in every app', () => {
    expect(parseGatewayConfig({ ...gateway, ...http }).http.tls).toEqual(pair);
    for (const { management } of [
      parseGatewayConfig({ ...gateway, ...http }),
      parseCoordinatorConfig({ ...coordinator, ...http }),
      parseLedgerWorkerConfig({ ...ledgerWorker, ...http }),
    ]) {
      expect(management.tls).toEqual(pair);
    }
    const caFile = '/ca';
    const server = { ...coordinator, ...grpc, GRPC_TLS_CLIENT_CA_FILE: caFile };
    expect(parseCoordinatorConfig(server).grpc.tls).toEqual({ ...pair, caFile });
    const client = { ...gateway, ...grpc, GRPC_TLS_CA_FILE: caFile };
    expect(parseGatewayConfig(client).coordinator.tls).toEqual({ ...pair, caFile });
  });

  test('a coordinator of a public CA is believed without a file', () => {
    const { tls } = parseGatewayConfig({ ...gateway, GRPC_TLS: 'true' }).coordinator;
    expect(tls).toEqual({ caFile: undefined, certFile: undefined, keyFile: undefined });
  });

  test.each<[string, (env: Environment) => unknown, Environment, string]>([
    ['a key alone', parseGatewayConfig, { ...gateway, HTTP_TLS_KEY_FILE: '/k' }, 'HTTP_TLS_KEY'],
    [
      'a certificate alone',
      parseLedgerWorkerConfig,
      { ...ledgerWorker, HTTP_TLS_CERT_FILE: '/c' },
      'HTTP_TLS_CERT_FILE and HTTP_TLS_KEY_FILE belong together',
    ],
    [
      'a CA of clients without a certificate',
      parseCoordinatorConfig,
      { ...coordinator, GRPC_TLS_CLIENT_CA_FILE: '/ca' },
      'GRPC_TLS_CLIENT_CA_FILE is set without a certificate',
    ],
    [
      'a client key alone',
      parseGatewayConfig,
      { ...gateway, GRPC_TLS_KEY_FILE: '/k' },
      'GRPC_TLS_CERT_FILE and GRPC_TLS_KEY_FILE belong together',
    ],
    [
      'a file and no TLS',
      parseGatewayConfig,
      { ...gateway, GRPC_TLS: 'false', GRPC_TLS_CA_FILE: '/ca' },
      'GRPC_TLS is false',
    ],
    ['TLS perhaps', parseGatewayConfig, { ...gateway, GRPC_TLS: 'maybe' }, 'GRPC_TLS must be'],
    ['plain text perhaps', parseGatewayConfig, { ...gateway, HTTP_ALLOW_PLAINTEXT: 'yes' }, 'HTTP'],
  ])('%s is refused by name', (_, parse, env, words) => {
    expect(() => parse(env)).toThrow(ConfigError);
    expect(() => parse(env)).toThrow(words);
  });
});

describe('production', () => {
  const verified = `${common.DATABASE_URL}?sslmode=verify-full&sslrootcert=/ca`;
  const encrypted = {
    NODE_ENV: 'production',
    ...http,
    ...grpc,
    DATABASE_URL: verified,
    KAFKA_SSL_CERT_FILE: '/c',
    KAFKA_SSL_KEY_FILE: '/k',
    CONSOLE_PEER_GATEWAYS: '2=https://dc2.example',
  };
  const none = { HTTP_TLS_CERT_FILE: '', HTTP_TLS_KEY_FILE: '' };
  const noGrpc = { GRPC_TLS_CERT_FILE: '', GRPC_TLS_KEY_FILE: '' };
  const peers = { CONSOLE_PEER_GATEWAYS: '2=https://dc2.example 3=http://dc3.example' };
  const jwks = (scheme: string) => ({
    JWT_PUBLIC_KEY_FILE: '',
    JWT_JWKS_URL: `${scheme}://id.example/jwks`,
  });
  const database = (query: string) => ({ DATABASE_URL: common.DATABASE_URL + query });

  const apps: readonly (readonly [string, (env: Environment) => unknown, Environment])[] = [
    ['gateway', parseGatewayConfig, gateway],
    ['coordinator', parseCoordinatorConfig, coordinator],
    ['ledger-worker', parseLedgerWorkerConfig, ledgerWorker],
  ];
  const all = ['gateway', 'coordinator', 'ledger-worker'];
  const callers = ['gateway', 'coordinator'];

  test.each(apps)('takes a %s that encrypts everything', (_, parse, env) => {
    expect(() => parse({ ...env, ...encrypted })).not.toThrow();
  });

  test('takes keys of tokens that come encrypted', () => {
    const env = { ...gateway, ...encrypted, ...jwks('https') };
    expect(() => parseGatewayConfig(env)).not.toThrow();
  });

  const cases: readonly (readonly [string, object, string, readonly string[]])[] = [
    ['plain HTTP', none, 'HTTP_ALLOW_PLAINTEXT', all],
    ['plain gRPC', noGrpc, 'GRPC_ALLOW_PLAINTEXT', callers],
    ['keys of tokens by http:', jwks('http'), 'JWT_ALLOW_PLAINTEXT', callers],
    ['keys of tokens by HTTP:', jwks('HTTP'), 'JWT_ALLOW_PLAINTEXT', callers],
    ['a peer by http:', peers, 'CONSOLE_ALLOW_PLAINTEXT', ['gateway']],
    ['plain PostgreSQL', database(''), 'DATABASE_ALLOW_PLAINTEXT', all],
    ['sslmode=disable', database('?sslmode=disable'), 'DATABASE_ALLOW_PLAINTEXT', all],
    ['an unproven server', database('?sslmode=no-verify'), 'DATABASE_ALLOW_PLAINTEXT', all],
    [
      'one mode behind another',
      database('?sslmode=verify-full&sslmode=disable'),
      'DATABASE_ALLOW_PLAINTEXT',
      all,
    ],
  ];
  const table = cases.flatMap(([what, change, variable, names]) =>
    apps
      .filter(([name]) => names.includes(name))
      .map(([name, parse, env]) => [what, name, variable, parse, env, change] as const),
  );

  test.each(table)('refuses %s of a %s unless %s', (_, _name, variable, parse, env, change) => {
    const plain = { ...env, ...encrypted, ...change };
    expect(() => parse(plain)).toThrow(`${variable}=true`);
    expect(() => parse({ ...plain, [variable]: 'true' })).not.toThrow();
    expect(() => parse({ ...plain, NODE_ENV: 'development' })).not.toThrow();
  });

  test('hears all of them at once', () => {
    const plain = { ...gateway, NODE_ENV: 'production', ...peers, ...jwks('http') };
    const names = ['HTTP', 'GRPC', 'JWT', 'CONSOLE', 'DATABASE', 'KAFKA'];
    for (const name of names) {
      expect(() => parseGatewayConfig(plain)).toThrow(`${name}_ALLOW_PLAINTEXT`);
    }
  });
});
