import { ConfigError, parseCoordinatorConfig } from './index.js';

const good = {
  BILLING_NODE_ID: '1',
  MANAGEMENT_PORT: '8281',
  GRPC_PORT: '50051',
  DATABASE_URL: 'postgres://billing_coordinator@127.0.0.1:15432/billing',
  JWT_PUBLIC_KEY_FILE: '/run/keys/public.pem',
};

describe('the configuration of a coordinator', () => {
  test('is grouped, has defaults and listens on this machine only', () => {
    expect(parseCoordinatorConfig(good)).toMatchObject({
      grpc: { host: '127.0.0.1', port: 50_051, callDeadlineMs: 10_000 },
      jwt: { publicKeyFile: '/run/keys/public.pem', issuer: 'geo-billing' },
      holder: { heartbeatMs: 1_000, leaseMs: 5_000, transferBatchMax: 500, keepKeysDays: 30 },
      payOuts: { callsMax: 2, deadlineMs: 5_000, deadlineMaxMs: 30_000 },
      drains: { reserveTimeoutMs: 1_000, sessionsMax: 8 },
      audit: { intervalMs: 1_000, batchMax: 2_500, passMs: 20_000, doubtMs: 60_000 },
    });
  });

  const url = good.DATABASE_URL;

  test.each([
    'sslmode=verify-full&sslrootcert=/etc/ca.pem',
    'sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=/etc/c.pem&sslkey=/etc/k.pem',
    'sslmode=verify-full',
  ])('takes a database with TLS: %s', (query) => {
    const DATABASE_URL = `${url}?${query}`;
    expect(parseCoordinatorConfig({ ...good, DATABASE_URL }).database.url).toBe(DATABASE_URL);
  });

  test.each([
    ['a password in the URL', { DATABASE_URL: url.replace('@', ':p@') }, 'without a password'],
    ['one in its query', { DATABASE_URL: `${url}?password=p` }, 'without a password'],
    ['one behind', { DATABASE_URL: `${url}?sslmode=disable&password=p` }, 'without a password'],
    ['two databases', { DATABASE_URL: `${url}/other` }, 'DATABASE_URL'],
    ['no gRPC port', { GRPC_PORT: '' }, 'GRPC_PORT'],
    ['no key', { JWT_PUBLIC_KEY_FILE: '' }, 'JWT_PUBLIC_KEY_FILE'],
    [
      'an answer that may take longer than a statement',
      { COORDINATOR_PEER_TIMEOUT_MS: '15000' },
      'COORDINATOR_PEER_TIMEOUT_MS',
    ],
    [
      'transfers by the batch of none',
      { COORDINATOR_TRANSFER_BATCH_MAX: '0' },
      'COORDINATOR_TRANSFER_BATCH_MAX',
    ],
    ['keys that are forgotten at once', { COORDINATOR_KEEP_KEYS_DAYS: '0' }, 'KEEP_KEYS_DAYS'],
    [
      'an audit of nothing at a time',
      { COORDINATOR_AUDIT_BATCH_MAX: '0' },
      'COORDINATOR_AUDIT_BATCH_MAX',
    ],
    ['a lease that ends between heartbeats', { COORDINATOR_LEASE_MS: '2000' }, 'LEASE_MS'],
    [
      'a round without an end',
      { COORDINATOR_RESERVE_TIMEOUT_MS: '60000' },
      'COORDINATOR_RESERVE_TIMEOUT_MS',
    ],
  ])('%s is refused by name', (_, change, name) => {
    expect(() => parseCoordinatorConfig({ ...good, ...change })).toThrow(ConfigError);
    expect(() => parseCoordinatorConfig({ ...good, ...change })).toThrow(name);
  });
});
