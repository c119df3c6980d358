import { Type } from 'typebox';
import { checkBody, FIELD_VIOLATIONS_MAX, type FieldCheck } from './body-checks.js';
import { HttpProblem } from './http-problem.js';

const isOne = (value: unknown): string | undefined => (value === 1 ? undefined : 'must be 1');
const checks: readonly FieldCheck[] = [
  ['a', isOne, Type.Literal(1)],
  ['b', isOne, Type.Literal(1)],
];

function violationsOf(body: unknown): unknown {
  try {
    return checkBody(body, checks);
  } catch (error) {
    return error instanceof HttpProblem ? (error.facts.errors ?? error.detail) : error;
  }
}

describe('a body', () => {
  test('has every field and no other, and is handed on as it is', () => {
    const body = { a: 1, b: 1 };
    expect(checkBody(body, checks)).toBe(body);
    expect(violationsOf({ b: 2 })).toEqual([
      { field: 'a', message: 'must be 1' },
      { field: 'b', message: 'must be 1' },
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'prototype', 'valueOf', ''])(
    'with the unknown field %j is refused by that name',
    (field) => {
      const body = JSON.parse(`{"${field}":{"a":1},"a":1,"b":1}`) as unknown;
      expect(violationsOf(body)).toEqual([{ field, message: 'is not a known field' }]);
    },
  );

  test('with many violations tells a few of them, in short', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`key${n}`, 1]));
    expect(violationsOf(many)).toHaveLength(FIELD_VIOLATIONS_MAX);
    expect(violationsOf({ ['k'.repeat(9_000)]: 1, a: 1, b: 1 })).toEqual([
      { field: `${'k'.repeat(64)}…`, message: 'is not a known field' },
    ]);
  });

  test.each([null, undefined, 'text', 7, [], [{ a: 1, b: 1 }]])('is no %j', (body) => {
    expect(violationsOf(body)).toBe('the body must be a JSON object');
  });
});
