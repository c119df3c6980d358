import { layOutJson } from './json-text.js';

describe('a message on several lines', () => {
  test('is laid out by its members and items', () => {
    expect(layOutJson('{"a":[1,{"b":"x, {y}: \\"z\\""}],\t"c":{},"d":[ ]}')).toBe(
      [
        '{',
        '  "a": [',
        '    1,',
        '    {',
        '      "b": "x, {y}: \\"z\\""',
        '    }',
        '  ],',
        '  "c": {},',
        '  "d": []',
        '}',
      ].join('\n'),
    );
  });

  test('keeps every digit and every space that it came with', () => {
    expect(layOutJson('{"id": 9007199254740993, "n": 1e2, "s": "a   b"}')).toBe(
      '{\n  "id": 9007199254740993,\n  "n": 1e2,\n  "s": "a   b"\n}',
    );
    expect(layOutJson('{"a":1,"a":2}')).toBe('{\n  "a": 1,\n  "a": 2\n}');
  });

  test.each(['', 'no JSON', '{"a":1', '{"a":1}}', '12,50'])('is %j as it came', (text) => {
    expect(layOutJson(text)).toBe(text);
  });

  test('is left alone where it would grow out of all bounds', () => {
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    expect(layOutJson(deep)).toBe(deep);
  });

  test.each([
    ['spaces in a string', (n: number) => `{"metadata":{"note":"${' '.repeat(n)}"}}`],
    ['spaces between', (n: number) => `{"metadata":${' '.repeat(n)}{"note":""}}`],
    ['quotes', (n: number) => `{"metadata":{"note":"${'\\"'.repeat(n)}"}}`],
    ['spaces at the end of what is no JSON', (n: number) => `{"a":"${' '.repeat(n)}`],
  ])('takes time that grows no faster than %s', (_what, make) => {
    const msFor = (length: number): number => {
      const text = make(length);
      const startedMs = performance.now();
      layOutJson(text);
      return performance.now() - startedMs;
    };
    const bestMsFor = (length: number): number =>
      Math.min(...Array.from({ length: 5 }, () => msFor(length)));
    // It was 4 s; so that the defect shows before it takes hours.
    expect(msFor(2_000)).toBeLessThan(1_000);
    // A hundred times the text: 100 times the time, 10,000 times were it squared; the rest is for noise.
    expect(bestMsFor(200_000)).toBeLessThan(1_000 * Math.max(bestMsFor(2_000), 0.01));
  });
});
