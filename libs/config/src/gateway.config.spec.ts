import { ConfigError, parseGatewayConfig } from './index.js';

const good = {
  BILLING_NODE_ID: '1',
  HTTP_PORT: '8081',
  MANAGEMENT_PORT: '8381',
  DATABASE_URL: 'postgres://billing_gateway@127.0.0.1:15432/billing',
  KAFKA_BROKERS: '127.0.0.1:19092',
  COORDINATOR_URL: '127.0.0.1:50051',
  JWT_PUBLIC_KEY_FILE: '/run/keys/public.pem',
};

describe('the configuration of a gateway', () => {
  test('is grouped, has defaults and listens on this machine only', () => {
    expect(parseGatewayConfig(good)).toMatchObject({
      http: { host: '127.0.0.1', port: 8081 },
      management: { host: '127.0.0.1', port: 8381 },
      jwt: { publicKeyFile: '/run/keys/public.pem', issuer: 'geo-billing', lifetimeMaxS: 86_400 },
      coordinator: { url: '127.0.0.1:50051' },
      payIn: { deadlineMs: 5_000 },
      payOut: { deadlineMs: 5_000, deadlineMaxMs: 30_000, inFlightMax: 1_000 },
      console: { peerGateways: [], streamsMax: 32, streamsPerClientMax: 8 },
    });
  });

  test('names the gateways of the other datacenters', () => {
    const CONSOLE_PEER_GATEWAYS = '2=http://127.0.0.1:8082 3=https://dc3.example';
    expect(parseGatewayConfig({ ...good, CONSOLE_PEER_GATEWAYS }).console.peerGateways).toEqual([
      { nodeId: 2, url: 'http://127.0.0.1:8082' },
      { nodeId: 3, url: 'https://dc3.example' },
    ]);
  });

  test.each([
    ['no key', { JWT_PUBLIC_KEY_FILE: '' }, 'JWT_PUBLIC_KEY_FILE'],
    ['two keys', { JWT_JWKS_URL: 'https://id.example/jwks' }, 'JWT_JWKS_URL'],
    ['a key set that is no URL', { JWT_JWKS_URL: 'jwks' }, 'JWT_JWKS_URL'],
    ['tokens that never last', { JWT_LIFETIME_MAX_S: '0' }, 'JWT_LIFETIME_MAX_S'],
    ['a coordinator without a port', { COORDINATOR_URL: 'dc1' }, 'COORDINATOR_URL'],
    ['a deadline of none', { PAY_IN_DEADLINE_MS: '0' }, 'PAY_IN_DEADLINE_MS'],
    [
      'a deadline beyond the longest',
      { PAY_OUT_DEADLINE_MS: '5000', PAY_OUT_DEADLINE_MAX_MS: '4000' },
      'PAY_OUT_DEADLINE_MS',
    ],
    ['a peer that is no URL', { CONSOLE_PEER_GATEWAYS: '2=dc2:8080' }, 'CONSOLE_PEER_GATEWAYS'],
    [
      'a peer with a password',
      { CONSOLE_PEER_GATEWAYS: '2=http://a:b@c' },
      'CONSOLE_PEER_GATEWAYS',
    ],
    [
      'less room for bulk bodies than one may take',
      { HTTP_BULK_BODY_BYTES_MAX: '2048', HTTP_BULK_HELD_BYTES_MAX: '2047' },
      'HTTP_BULK_HELD_BYTES_MAX',
    ],
    ['room for no pay-out', { PAY_OUT_IN_FLIGHT_MAX: '0' }, 'PAY_OUT_IN_FLIGHT_MAX'],
  ])('%s is refused by name', (_, change, name) => {
    expect(() => parseGatewayConfig({ ...good, ...change })).toThrow(ConfigError);
    expect(() => parseGatewayConfig({ ...good, ...change })).toThrow(name);
  });
});
