import 'reflect-metadata';
import { paths } from './datacenter-path.js';

const letter = (topic: string, partition = '4', offset = '1207'): string =>
  paths.letter({ topic, partition, offset }, 'replay');

describe('a path at another datacenter', () => {
  test('of a letter is made from its name', () => {
    expect(letter('billing.payin')).toBe('/v1/dead-letters/billing.payin/4/1207/replay');
    expect(letter('billing.payin', '4', '1207~2')).toBe(
      '/v1/dead-letters/billing.payin/4/1207~2/replay',
    );
  });

  test.each([
    '../4/1207',
    './4/1207',
    '.../4/1207',
    '%2e%2e/4/1207',
    'user@host/4/1207',
    '\\evil/4/1207',
    'a?b/4/1207',
    'a#b/4/1207',
    'billing.payin/../1207',
    'billing.payin/4/..',
    'billing.payin//1207',
    'billing.payin/4/1207?x=',
    'billing.payin/4/1207\n',
  ])('is none for %j', (name) => {
    const [topic = '', partition, offset] = name.split('/');
    expect(() => letter(topic, partition, offset)).toThrow('there is no dead letter');
  });

  test('is none for a part with a slash in it', () => {
    expect(() => letter('a/b')).toThrow('there is no dead letter');
    expect(() => letter('a', '4/5')).toThrow('there is no dead letter');
    expect(() => letter('a', '4', '1/replay')).toThrow('there is no dead letter');
  });

  test('has of a query what is known, in its own words', () => {
    const query = { status: 'open' as const, limit: 50, accountId: '1&status=all', node: '3' };
    expect(paths.letters(query)).toBe(
      '/v1/dead-letters?status=open&accountId=1%26status%3Dall&limit=50',
    );
    expect(paths.parked({ limit: 200, cursor: 'a-b' })).toBe(
      '/v1/parked-pay-ins?limit=200&cursor=a-b',
    );
  });
});
