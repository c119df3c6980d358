import { BelievedTokens } from './believed-tokens.js';

const until = (expiresAtMs: number) => ({
  id: 'shop',
  scopes: new Set(['pay-ins:write']),
  tenants: ['default'],
  expiresAtMs,
});
const client = until(1_000_000);

describe('a token that was checked', () => {
  test('is believed for a minute, and never beyond its own end', () => {
    const believed = new BelievedTokens(60_000);
    believed.add('long', client, 0);
    believed.add('short', until(10_000), 0);
    expect(believed.get('long', 59_999, 59_999)).toBe(client);
    expect(believed.get('long', 60_000, 60_000)).toBeUndefined();
    expect(believed.get('short', 9_999, 9_999)?.id).toBe('shop');
    expect(believed.get('short', 10_000, 10_000)).toBeUndefined();
    expect(believed.get('other', 0, 0)).toBeUndefined();
  });

  test('is believed no longer when the clock of the machine is set back', () => {
    const believed = new BelievedTokens(60_000);
    believed.add('token', client, 0);
    expect(believed.get('token', -3_600_000, 60_000)).toBeUndefined();
  });

  test('is forgotten before a thousand newer ones take more memory', () => {
    const believed = new BelievedTokens(60_000);
    for (let n = 0; n <= 1_000; n += 1) believed.add(`token ${n}`, client, 0);
    expect(believed.get('token 0', 1, 1)).toBeUndefined();
    expect(believed.get('token 1', 1, 1)).toBe(client);
    expect(believed.get('token 1000', 1, 1)).toBe(client);
  });
});
