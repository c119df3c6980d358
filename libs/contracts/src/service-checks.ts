import { characterCount, isStorableText } from './field-checks.js';

export const SERVICE_NAME_LENGTH_MAX = 200;
export const UNIT_LENGTH_MAX = 32;
const SERVICE_ID_MAX = 2_147_483_647;

export const SERVICE_ID_RULE = `must be a decimal string from 1 to ${SERVICE_ID_MAX}`;
export const TIME_RULE = 'must be a time in UTC, like 2026-01-01T12:00:00Z';

export function isServiceId(value: unknown): value is string {
  return (
    typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) && Number(value) <= SERVICE_ID_MAX
  );
}

/** What is wrong with the name of a service; undefined: nothing. */
export function describeServiceNameViolation(value: unknown): string | undefined {
  return describeTextViolation(value, SERVICE_NAME_LENGTH_MAX);
}

/** What is wrong with the name of a unit, such as "MB"; undefined: nothing. */
export function describeUnitViolation(value: unknown): string | undefined {
  return describeTextViolation(value, UNIT_LENGTH_MAX);
}

/** A moment that there is, to the millisecond. */
export function isTime(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const match = /^((?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?Z$/.exec(value);
  if (match === null || Number.isNaN(Date.parse(value))) return false;
  const [, second = '', fraction = ''] = match;
  // Date.parse takes a 30th of February for the 2nd of March.
  return new Date(value).toISOString() === `${second}.${fraction.padEnd(3, '0')}Z`;
}

function describeTextViolation(value: unknown, lengthMax: number): string | undefined {
  if (typeof value !== 'string' || value.trim() === '' || !isStorableText(value)) {
    return 'must be text that is not blank';
  }
  return characterCount(value) > lengthMax
    ? `must have at most ${lengthMax} characters`
    : undefined;
}
