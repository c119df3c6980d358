import { findRepeated } from './single-values.js';

const fieldsOf = (rawHeaders: readonly string[], query = {}): string[] =>
  findRepeated(rawHeaders, query).map(({ field }) => field);

describe('what can only be one', () => {
  test('is named when it comes twice, in whatever case', () => {
    const headers = ['idempotency-key', 'k', 'Host', 'here', 'IDEMPOTENCY-KEY', 'k'];
    expect(fieldsOf(headers)).toEqual(['Idempotency-Key']);
    expect(fieldsOf([...headers, 'host', 'there', 'host', 'there'])).toEqual([
      'Idempotency-Key',
      'Host',
    ]);
    expect(fieldsOf([], { limit: ['1', '2'], cursor: 'x' })).toEqual(['limit']);
  });

  test('is told of a few names, cut short, however many and long they are', () => {
    const many = Array.from({ length: 1_000 }, (_, at) => [`${at}`.repeat(100), ['1', '2']]);
    const told = fieldsOf([], Object.fromEntries(many) as object);
    expect(told).toHaveLength(20);
    expect(Math.max(...told.map(({ length }) => length))).toBeLessThanOrEqual(65);
  });

  test('may come once, and what is a list as often as it likes', () => {
    expect(fieldsOf(['Authorization', 'a', 'Accept', 'x', 'Accept', 'y'], { limit: '1' })).toEqual(
      [],
    );
    // A value may look like a name.
    expect(fieldsOf(['X-A', 'host', 'X-B', 'host'])).toEqual([]);
  });
});
