import { BlockList, isIP } from 'node:net';
import { ConfigError } from './environment.js';

/** Addresses and networks, separated by commas. @throws ConfigError */
export function parseTrustedProxies(text: string): readonly string[] {
  const named = text.split(',').filter((one) => one !== '');
  try {
    trustedProxyList(named);
  } catch {
    throw new ConfigError([
      'TRUSTED_PROXIES must be addresses or networks, like 10.0.0.7,10.1.0.0/16',
    ]);
  }
  return named;
}

/** @throws TypeError, RangeError for what is no address or network */
export function trustedProxyList(named: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of named) {
    const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(one) ?? [];
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
