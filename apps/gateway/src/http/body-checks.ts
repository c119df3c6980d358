import {
  ACCOUNT_ID_RULE,
  isAccountId,
  readMetadata,
  type FieldViolation,
} from '@billing/contracts';
import { describeAmountViolation, exponentOf, parseAmount } from '@billing/money';
import type { TSchema } from 'typebox';
import { HttpProblem } from './http-problem.js';

export type Body = Readonly<Record<string, unknown>>;

/** What is wrong with the value of a field, as a sentence for whoever sent it; undefined: nothing. */
export type Check<Context = void> = (
  value: unknown,
  body: Body,
  context: Context,
) => string | undefined;

/**
 * A list of these, not an object looked up by name: checking a request takes 1 µs instead of 5. The schema says the same
 * as the check, for the document (field-schemas.ts).
 */
export type FieldCheck<Context = void> = readonly [
  field: string,
  check: Check<Context>,
  schema: TSchema,
];

const UNKNOWN_FIELD = 'is not a known field';
/** Told of one body or one item of a bulk; a client with more knows enough. */
export const FIELD_VIOLATIONS_MAX = 20;
const FIELD_NAME_MAX = 64;

/** A body that has these fields and no others. @throws HttpProblem that names the violations */
export function checkBody(given: unknown, checks: readonly FieldCheck[]): Body {
  const body = requireObject(given);
  const violations = findViolations(body, checks, undefined);
  if (violations.length > 0) throw HttpProblem.ofFields(violations);
  return body;
}

/** The violations, unknown fields first, up to FIELD_VIOLATIONS_MAX of them. */
export function findViolations<Context>(
  body: Body,
  checks: readonly FieldCheck<Context>[],
  context: Context,
): FieldViolation[] {
  const violations = findUnknown(body, (name) => isKnown(name, checks));
  for (const [field, check] of checks) {
    const message = check(body[field], body, context);
    if (message !== undefined && violations.length < FIELD_VIOLATIONS_MAX)
      violations.push({ field, message });
  }
  return violations;
}

/** Whatever has a name that is not known, be it one that every object has from its prototype. */
export function findUnknown(
  given: object,
  isKnownName: (name: string) => boolean,
): FieldViolation[] {
  const violations: FieldViolation[] = [];
  for (const name of Object.keys(given)) {
    if (isKnownName(name)) continue;
    violations.push({ field: shorten(name), message: UNKNOWN_FIELD });
    if (violations.length === FIELD_VIOLATIONS_MAX) break;
  }
  return violations;
}

export function requireObject(body: unknown): Body {
  if (!isObject(body)) throw new HttpProblem('invalid-request', 'the body must be a JSON object');
  return body;
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** The check of a field that may be left out, or be null. */
export function optional<Context>(check: Check<Context>): Check<Context> {
  return (value, body, context) => (isAbsent(value) ? undefined : check(value, body, context));
}

export function accountIdViolation(value: unknown): string | undefined {
  return isAccountId(value) ? undefined : ACCOUNT_ID_RULE;
}

export function currencyViolation(currency: unknown): string | undefined {
  const known = typeof currency === 'string' && exponentOf(currency) !== undefined;
  return known ? undefined : describeAmountViolation('unknown_currency', '');
}

export function amountViolation(amount: unknown, { currency }: Body): string | undefined {
  if (typeof amount !== 'string') return describeAmountViolation('not_a_decimal', '');
  // Without a currency nobody knows how many decimals are right: that is a violation of its own field.
  if (typeof currency !== 'string') return undefined;
  const minor = parseAmount(amount, currency);
  if (typeof minor === 'bigint' || minor === 'unknown_currency') return undefined;
  return describeAmountViolation(minor, currency);
}

export function metadataViolation(metadata: unknown): string | undefined {
  return readMetadata(metadata).violation;
}

function isKnown(name: string, checks: readonly FieldCheck<never>[]): boolean {
  for (const [field] of checks) if (field === name) return true;
  return false;
}

/** A name as a client gave it, for the answer. */
export function shorten(name: string): string {
  return name.length > FIELD_NAME_MAX ? `${name.slice(0, FIELD_NAME_MAX)}…` : name;
}
