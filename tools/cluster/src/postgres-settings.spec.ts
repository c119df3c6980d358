import { loginRules, postgresSettings } from './postgres-settings.js';

const place = { name: 'dc1/postgres', host: '127.0.0.1', port: 1, pgcryptoKeyFile: '/key' };
const tls = { caFile: '/ca', certFile: '/cert', keyFile: '/own.key' };
const whom = { local: 'trust', addresses: 'all' };

test('a server with TLS lets nobody in over the network without', () => {
  const settings = postgresSettings({ ...place, tls, options: {} });
  expect(settings).toMatchObject({ ssl: 'on', ssl_cert_file: '/cert', ssl_key_file: '/own.key' });
  const [, ...rules] = loginRules(settings, whom);
  expect(rules).toEqual(['local all all trust', 'hostssl all all all scram-sha-256']);
});

test('without TLS it has passwords alone', () => {
  const settings = postgresSettings({ ...place, options: {} });
  expect(settings['ssl']).toBeUndefined();
  expect(loginRules(settings, whom).at(-1)).toBe('host all all all scram-sha-256');
});
