const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const accountIdPattern = /^[1-9]\d{0,18}$/;
const wholePattern = /^\d{1,19}$/;
const INT64_MAX = 9_223_372_036_854_775_807n;
const ACCOUNT_ID_SAFE_DIGITS = 18;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuidPattern.test(value);
}

/** A positive 64-bit integer in decimal, without leading zeros. */
export function isAccountId(value: unknown): value is string {
  if (typeof value !== 'string' || !accountIdPattern.test(value)) return false;
  return value.length <= ACCOUNT_ID_SAFE_DIGITS || BigInt(value) <= INT64_MAX;
}

/** A whole number from 0 to 2^63-1, such as an offset; undefined when the text is none. */
export function parseInt64(text: string): bigint | undefined {
  if (!wholePattern.test(text)) return undefined;
  const value = BigInt(text);
  return value <= INT64_MAX ? value : undefined;
}

export const ACCOUNT_ID_RULE = 'must be a decimal string from 1 to 2^63-1';

/** PostgreSQL keeps neither NUL nor half a surrogate pair in text. */
export function isStorableText(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

/** Length in characters as PostgreSQL counts them: code points. */
export function characterCount(value: string): number {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}
