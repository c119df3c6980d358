import { exponentOf } from './currency.js';

/**
 * Largest amount of one operation, in minor units: 10^15. A batch of 8,000 such pay-ins still sums
 * to less than PostgreSQL's bigint can hold.
 */
export const AMOUNT_MINOR_MAX = 1_000_000_000_000_000n;

export type AmountViolation =
  'unknown_currency' | 'not_a_decimal' | 'too_many_decimals' | 'not_positive' | 'out_of_range';

const decimalPattern = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;
const LENGTH_MAX = 64;
/** Up to here digits read one by one into a number stay exact. */
const SAFE_LENGTH_MAX = 15;
const DIGIT_0 = 48;
const POINT = 46;

/**
 * A decimal string such as "12.50" as minor units of its currency (1250n for USD), or what is wrong
 * with it. Only plain decimals: no sign but "-", no exponent, no leading zeros, no separators.
 */
export function parseAmount(text: string, currency: string): bigint | AmountViolation {
  const exponent = exponentOf(currency);
  if (exponent === undefined) return 'unknown_currency';
  const plain = parsePlain(text, exponent);
  if (plain !== undefined) return plain;
  if (text.length > LENGTH_MAX) return 'out_of_range';
  const match = decimalPattern.exec(text);
  if (match === null) return 'not_a_decimal';
  const [, sign, whole = '', fraction = ''] = match;
  if (fraction.length > exponent) return 'too_many_decimals';
  const minor = BigInt(whole + fraction.padEnd(exponent, '0'));
  if (sign === '-' || minor === 0n) return 'not_positive';
  if (minor > AMOUNT_MINOR_MAX) return 'out_of_range';
  return minor;
}

/** The same of what may be nothing: "0.00" is 0n. */
export function parseMinimum(text: string, currency: string): bigint | AmountViolation {
  const minor = parseAmount(text, currency);
  return minor === 'not_positive' && !text.startsWith('-') ? 0n : minor;
}

/** The same of what may be taken away, too: "-12.50" is -1250n. Zero is `not_positive`. */
export function parseSignedAmount(text: string, currency: string): bigint | AmountViolation {
  if (!text.startsWith('-')) return parseAmount(text, currency);
  if (text.startsWith('--')) return 'not_a_decimal';
  const minor = parseAmount(text.slice(1), currency);
  return typeof minor === 'bigint' ? -minor : minor;
}

/**
 * Minor units of a usual amount: short, plain, above zero, in range. Undefined means look closer. No
 * expression, no pieces of text: this runs for every message of a topic.
 */
function parsePlain(text: string, exponent: number): bigint | undefined {
  if (text.length === 0 || text.length > SAFE_LENGTH_MAX - exponent) return undefined;
  let minor = 0;
  let decimals = -1;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === POINT && decimals < 0 && i > 0) {
      decimals = 0;
      continue;
    }
    const digit = code - DIGIT_0;
    if (digit < 0 || digit > 9) return undefined;
    minor = minor * 10 + digit;
    if (decimals >= 0) decimals += 1;
  }
  const isPadded =
    text.charCodeAt(0) === DIGIT_0 && text.length > 1 && text.charCodeAt(1) !== POINT;
  if (minor === 0 || decimals === 0 || decimals > exponent || isPadded) return undefined;
  for (let missing = exponent - Math.max(decimals, 0); missing > 0; missing -= 1) minor *= 10;
  return BigInt(minor);
}

/** Minor units as a decimal string with all decimals of the currency: 1250n USD is "12.50". */
export function formatAmount(minor: bigint, currency: string): string {
  const exponent = exponentOf(currency);
  if (exponent === undefined) throw new RangeError(`unknown currency ${JSON.stringify(currency)}`);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const sign = minor < 0n ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** What is wrong with what may be nothing, as a sentence for whoever sent it. */
export function describeMinimumViolation(violation: AmountViolation, currency: string): string {
  if (violation === 'not_positive') return 'must be zero or more';
  return describeAmountViolation(violation, currency);
}

/** What is wrong with an amount, as a sentence for whoever sent it. */
export function describeAmountViolation(violation: AmountViolation, currency: string): string {
  switch (violation) {
    case 'unknown_currency':
      return 'must be an ISO 4217 currency code';
    case 'not_a_decimal':
      return 'must be a decimal string such as "12.50"';
    case 'too_many_decimals':
      return `must have at most ${exponentOf(currency) ?? 0} decimals for ${currency}`;
    case 'not_positive':
      return 'must be above zero';
    case 'out_of_range':
      return `must be at most ${formatAmount(AMOUNT_MINOR_MAX, currency)} ${currency}`;
  }
}
