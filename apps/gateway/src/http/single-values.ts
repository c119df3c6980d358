import type { FieldViolation } from '@billing/contracts';
import { FIELD_VIOLATIONS_MAX, shorten } from './body-checks.js';
import { HttpProblem, MUST_BE_ONCE } from './http-problem.js';

// Node joins some headers that come twice with a comma and drops the second of others, without a word: two
// idempotency keys would become a third one. So the headers are looked at as they came.

/** Headers that this gateway reads and that have one value, as they are written in an answer. */
const single: ReadonlyMap<string, string> = new Map(
  [
    'Authorization',
    'Content-Encoding',
    'Content-Length',
    'Content-Type',
    'Host',
    'Idempotency-Home',
    'Idempotency-Key',
    'Last-Event-ID',
    'X-Request-Id',
  ].map((name) => [name.toLowerCase(), name]),
);

/** What came twice and can only be one, up to FIELD_VIOLATIONS_MAX names. @param rawHeaders names and values in turn */
export function findRepeated(
  rawHeaders: readonly string[],
  query: Readonly<Record<string, unknown>>,
): FieldViolation[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = single.get(rawHeaders[at]!.toLowerCase());
    if (name === undefined) continue;
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  for (const name of Object.keys(query)) if (Array.isArray(query[name])) repeated.add(name);
  const told = [...repeated].slice(0, FIELD_VIOLATIONS_MAX);
  return told.map((field) => ({ field: shorten(field), message: MUST_BE_ONCE }));
}

/** @throws HttpProblem that names each */
export function refuseRepeated(
  rawHeaders: readonly string[],
  query: Readonly<Record<string, unknown>>,
): void {
  const errors = findRepeated(rawHeaders, query);
  if (errors.length > 0) throw HttpProblem.ofFields(errors);
}
