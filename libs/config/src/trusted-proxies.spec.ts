import { parseTrustedProxies, trustedProxyList } from './trusted-proxies.js';

test('are addresses and networks, of both families', () => {
  const named = parseTrustedProxies('10.0.0.7,10.1.0.0/16,::1,2001:db8::/32');
  const list = trustedProxyList(named);
  for (const address of ['10.0.0.7', '10.1.255.1']) expect(list.check(address)).toBe(true);
  for (const address of ['::1', '2001:db8:1::9']) expect(list.check(address, 'ipv6')).toBe(true);
  for (const address of ['10.0.0.8', '10.2.0.1']) expect(list.check(address)).toBe(false);
  expect(parseTrustedProxies('')).toEqual([]);
});

test.each(['proxy', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', '10.0.0.1 10.0.0.2', '10.0.0'])(
  '%s is refused by the name of the variable',
  (text) => {
    expect(() => parseTrustedProxies(text)).toThrow('TRUSTED_PROXIES');
  },
);
