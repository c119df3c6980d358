import fc from 'fast-check';
import { ArraySplitter, VIOLATIONS_TOLD_MAX, LineSplitter } from './item-splitter.js';

const bulk = { itemsMax: 100, read: (item: unknown) => ({ item }) };

/** Cut where the lengths say, so that every place between two bytes is a border now and then. */
function feed(splitter: ArraySplitter | LineSplitter, bytes: Buffer, lengths: readonly number[]) {
  let from = 0;
  for (const length of lengths) {
    splitter.write(bytes.subarray(from, from + length));
    from = Math.min(bytes.length, from + length);
  }
  splitter.write(bytes.subarray(from));
  splitter.end();
  return splitter;
}

const array = (text: string): ArraySplitter =>
  feed(new ArraySplitter(bulk), Buffer.from(text), []) as ArraySplitter;

const lengths = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 });
const space = fc.constantFrom('', ' ', '\n', '\r\n\t ');

describe('a JSON array in pieces', () => {
  test('has the items that JSON.parse finds in it, wherever it is cut', () => {
    const items = fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(items, space, lengths, (values, gap, cuts) => {
        const texts = values.map((value) => JSON.stringify(value));
        const text = `${gap}[${gap}${texts.join(`${gap},${gap}`)}${gap}]${gap}`;
        const { refusal, items: found } = feed(new ArraySplitter(bulk), Buffer.from(text), cuts);
        expect(refusal).toBeUndefined();
        expect(found).toEqual(texts.map((one) => ({ item: JSON.parse(one) })));
      }),
      { numRuns: 300 },
    );
  });

  test('is refused where JSON.parse refuses it', () => {
    const pieces = fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', ':', '1', 'null', ' ', 'a');
    const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.boolean(), lengths, (made, isInArray, cuts) => {
        const whole = isInArray ? `[${made}]` : made;
        let expected: unknown;
        try {
          expected = JSON.parse(whole);
        } catch {
          expected = undefined;
        }
        const isTaken = Array.isArray(expected) && expected.length > 0;
        const splitter = feed(new ArraySplitter(bulk), Buffer.from(whole), cuts);
        expect([whole, splitter.refusal === undefined]).toEqual([whole, isTaken]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps no item that is too long or too deep, and reads those behind it', () => {
    const long = JSON.stringify('x'.repeat(20_000));
    const deep = '['.repeat(65) + ']'.repeat(65);
    const whole = '['.repeat(64) + ']'.repeat(64);
    const { items, refusal } = array(`[${long},${deep},${whole},1]`);
    expect(refusal).toBeUndefined();
    expect(items).toEqual([
      [{ field: '', message: 'must have at most 16384 bytes' }],
      [{ field: '', message: 'must not be nested that deeply' }],
      { item: expect.any(Array) },
      { item: 1 },
    ]);
  });

  test('tells of many violations a few, and at least one of each item', () => {
    const violations = Array.from({ length: 20 }, () => ({ field: 'f', message: 'm' }));
    const splitter = new ArraySplitter({ itemsMax: 10_000, read: () => violations });
    feed(splitter, Buffer.from(`[${'1,'.repeat(9_999)}1]`), []);
    const told = (splitter.items as unknown[][]).map(({ length }) => length);
    expect(told).toHaveLength(10_000);
    expect(Math.min(...told)).toBe(1);
    expect(told.reduce((sum, some) => sum + some)).toBeLessThanOrEqual(
      10_000 + VIOLATIONS_TOLD_MAX,
    );
  });

  test('of too many items is too large; one that is not UTF-8 is refused', () => {
    expect(array(`[${'1,'.repeat(100)}1]`).refusal).toMatchObject({ kind: 'body-too-large' });
    const bytes = Buffer.from('["\xff"]', 'latin1');
    expect(feed(new ArraySplitter(bulk), bytes, []).refusal?.message).toMatch('not UTF-8');
  });
});

describe('lines in pieces', () => {
  test('have an item each, wherever they are cut', () => {
    const items = fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1, maxLength: 9 });
    const ends = fc.constantFrom('\n', '\r\n', '\n\n', '\n \t\r\n');
    fc.assert(
      fc.property(items, ends, lengths, fc.boolean(), (values, end, cuts, isEnded) => {
        const texts = values.map((value) => JSON.stringify(value));
        const text = texts.join(end) + (isEnded ? end : '');
        const { items: found } = feed(new LineSplitter(bulk), Buffer.from(text), cuts);
        expect(found).toEqual(texts.map((one) => ({ item: JSON.parse(one) })));
      }),
      { numRuns: 300 },
    );
  });

  test('are empty with the spaces of JSON alone', () => {
    const text = ' \t\r\n\u00a0\n\ufeff1\n1';
    const broken = [{ field: '', message: 'must be JSON' }];
    const { items } = feed(new LineSplitter(bulk), Buffer.from(text), []);
    expect(items).toEqual([broken, broken, { item: 1 }]);
  });

  test('of which one is too long or no JSON stop no other', () => {
    const text = `{"a"\n${JSON.stringify('x'.repeat(20_000))}\n1`;
    expect(feed(new LineSplitter(bulk), Buffer.from(text), []).items).toEqual([
      [{ field: '', message: 'must be JSON' }],
      [{ field: '', message: 'must have at most 16384 bytes' }],
      { item: 1 },
    ]);
  });
});
