import fc from 'fast-check';
import { canonicalMetadata, parseJson, readMetadata, stringifyJson } from './index.js';

/** Metadata as it arrives in a body. */
function metadataOf(text: string): unknown {
  return (parseJson(`{"metadata":${text}}`) as { metadata: unknown }).metadata;
}

describe('metadata', () => {
  test.each([
    ['{"a":9007199254740993}', '{"a":9007199254740993}'],
    [
      '{ "b" : [ 12345678901234567890, -1.50 ] , "a":{} }',
      '{"b":[12345678901234567890,-1.50],"a":{}}',
    ],
    ['{"a":1e3,"b":-1.5E-2,"c":12.50e1,"d":0e0}', '{"a":1000,"b":-0.015,"c":125.0,"d":0}'],
    ['{"a":5e-324}', `{"a":0.${'0'.repeat(323)}5}`],
    ['{"\\u0061":"\\/\\u00e9\\n"}', '{"a":"/\u00e9\\n"}'],
    ['{"__proto__":{"x":1},"constructor":1.0}', '{"__proto__":{"x":1},"constructor":1.0}'],
    ['{"a":{"digits":"1"}}', '{"a":{"digits":"1"}}'],
    ['{"a":[true,false,null,"x"]}', '{"a":[true,false,null,"x"]}'],
  ])('%s is kept as %s', (sent, kept) => {
    expect(readMetadata(metadataOf(sent))).toEqual({ text: kept });
    // However often it is passed on.
    expect(readMetadata(metadataOf(kept))).toEqual({ text: kept });
    expect(stringifyJson(parseJson(`{"metadata":${kept}}`))).toBe(`{"metadata":${kept}}`);
  });

  test.each([
    '7',
    '[]',
    '"x"',
    '1e3',
    '{"a":1e2049}',
    '{"a":1e-2049}',
    '{"a":1e400000}',
    '{"a":1e99999999999999999999}',
    `{"a":[${Array(7).fill('1e300').join()}]}`,
    '{"a":"\\u0000"}',
    '{"\\ud800":1}',
  ])('%s is refused', (text) => {
    expect(readMetadata(metadataOf(text))).toEqual({ violation: expect.stringMatching(/^must /) });
  });

  test.each([
    ['{"a":1,"b":2}', '{"b":2,"a":1}'],
    ['{"a":{"x":[1],"y":2}}', '{"a":{"y":2,"x":[1]}}'],
    ['{"a":1.50}', '{"a":15e-1}'],
    ['{"a":100}', '{"a":1.00E2}'],
    ['{"a":0}', '{"a":-0.0}'],
    ['{"a":"\u00e9"}', '{"\\u0061":"\\u00e9"}'],
  ])('%s says the same as %s', (one, other) => {
    expect(canonicalMetadata(metadataOf(one))).toBe(canonicalMetadata(metadataOf(other)));
  });

  test.each([
    ['{"a":9007199254740993}', '{"a":9007199254740992}'],
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":10}', '{"a":1}'],
    ['{"a":0.1}', '{"a":0.10000000000000001}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
    ['{}', '{"a":null}'],
  ])('%s says something else than %s', (one, other) => {
    expect(canonicalMetadata(metadataOf(one))).not.toBe(canonicalMetadata(metadataOf(other)));
  });

  test('of any kind is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const { text } = readMetadata(metadataOf(JSON.stringify(object)));
        if (text !== undefined)
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });
});
