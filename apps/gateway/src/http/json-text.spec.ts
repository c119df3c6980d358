import { stringifyJson } from '@billing/contracts';
import { readJson } from './json-text.js';
import { HttpProblem } from './http-problem.js';

const problemOf = (text: string): unknown => {
  try {
    return readJson(text, 'the body');
  } catch (error) {
    if (error instanceof HttpProblem) return [error.kind, error.detail, error.facts.errors];
    throw error;
  }
};

describe('JSON that a client sent', () => {
  test('is what JSON.parse reads, with the digits of its metadata', () => {
    const text = '{"a":[1,{"b":":"}],"payIn":{"amount":"1.00","metadata":{"n":9007199254740993}}}';
    const value = readJson(text, 'the body');
    expect(value).toMatchObject({ a: [1, { b: ':' }], payIn: { amount: '1.00' } });
    expect(stringifyJson(value)).toBe(text);
  });

  test('that says two things under one name is refused by that name', () => {
    const long = 'x'.repeat(1_000);
    for (const [text, field] of [
      ['{"amount":"1","amount":"2"}', 'amount'],
      ['[{"amount":"1"},{"amount":"1","amount":"2"}]', 'amount'],
      ['{"payIn":{"amount":"1","\\u0061mount":"2"}}', 'payIn.amount'],
      [`{"${long}":1,"${long}":2}`, `${'x'.repeat(64)}…`],
    ] as const) {
      expect(problemOf(text)).toEqual([
        'invalid-request',
        `the request is not valid: ${field}`,
        [{ field, message: 'must be given once' }],
      ]);
    }
  });

  test.each([
    ['{"a":', 'the body is not JSON'],
    [
      `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'the body must not be nested that deeply',
    ],
  ])('is refused when it is none, or too deep', (text, detail) => {
    expect(problemOf(text)).toEqual(['invalid-request', detail, undefined]);
  });
});
