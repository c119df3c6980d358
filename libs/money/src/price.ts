import { AMOUNT_MINOR_MAX } from './amount.js';
import { exponentOf } from './currency.js';

// As billing.checked_price has it.
const decimalPattern = /^\d{1,14}(?:\.(\d{1,10}))?$/;

export const PRICE_RULE =
  'must be a decimal string such as "0.0125", at most 14 digits and 10 decimals';
export const QUANTITY_RULE = `${PRICE_RULE}, above zero`;

/** Of one unit, in major units; zero is a price. */
export function isPrice(value: unknown): value is string {
  return typeof value === 'string' && decimalPattern.test(value);
}

export function isQuantity(value: unknown): value is string {
  return isPrice(value) && /[1-9]/.test(value);
}

interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/**
 * What so much of something costs, in minor units of the currency; halves are rounded up, as PostgreSQL's `round` does.
 * @param price as `isPrice` wants it @param quantity as `isQuantity`
 */
export function multiplyPrice(
  price: string,
  quantity: string,
  currency: string,
): bigint | 'nothing' | 'out_of_range' {
  const exponent = exponentOf(currency);
  if (exponent === undefined) throw new RangeError(`unknown currency ${JSON.stringify(currency)}`);
  const [each, many] = [toDecimal(price), toDecimal(quantity)];
  const product = each.digits * many.digits * 10n ** BigInt(exponent);
  const divisor = 10n ** BigInt(each.scale + many.scale);
  const minor = (product * 2n + divisor) / (divisor * 2n);
  if (minor === 0n) return 'nothing';
  return minor > AMOUNT_MINOR_MAX ? 'out_of_range' : minor;
}

/** One text for all that are the same number: "2.50" is "2.5". */
export function plainDecimal(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  let length = fraction.length;
  while (length > 0 && fraction[length - 1] === '0') length -= 1;
  const short = fraction.slice(0, length);
  const plain = whole.replace(/^0+(?=\d)/, '');
  return short === '' ? plain : `${plain}.${short}`;
}

function toDecimal(text: string): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}
