import { apiAt, chosenNode, isElsewhere, linkAt } from './datacenter.js';

describe('a chosen datacenter', () => {
  test.each([
    ['node=2', 2],
    ['status=all&node=12', 12],
    ['', undefined],
    ['node=', undefined],
    ['node=0', undefined],
    ['node=2/../1', undefined],
    ['node=dc2', undefined],
  ])('is read from %j', (query, node) => {
    expect(chosenNode(new URLSearchParams(query))).toBe(node);
  });

  test('is asked through this gateway, and this one by its own paths', () => {
    expect(apiAt(undefined, 'audit')).toBe('/v1/operations/audit');
    expect(apiAt(undefined, 'dead-letters/bulk')).toBe('/v1/dead-letters/bulk');
    expect(apiAt(2, 'audit')).toBe('/v1/operations/datacenters/2/audit');
    expect(apiAt(2, 'dead-letters?limit=50')).toBe(
      '/v1/operations/datacenters/2/dead-letters?limit=50',
    );
    expect(isElsewhere(apiAt(2, 'audit'))).toBe(true);
    expect(isElsewhere(apiAt(undefined, 'audit'))).toBe(false);
  });

  test('survives links', () => {
    expect(linkAt(2, 'parked')).toBe('parked?node=2');
    expect(linkAt(2, 'dead-letters?status=all')).toBe('dead-letters?status=all&node=2');
    expect(linkAt(undefined, 'parked')).toBe('parked');
  });
});
