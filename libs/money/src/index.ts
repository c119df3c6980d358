export {
  AMOUNT_MINOR_MAX,
  describeAmountViolation,
  describeMinimumViolation,
  formatAmount,
  parseAmount,
  parseMinimum,
  parseSignedAmount,
} from './amount.js';
export type { AmountViolation } from './amount.js';
export {
  isPrice,
  isQuantity,
  multiplyPrice,
  plainDecimal,
  PRICE_RULE,
  QUANTITY_RULE,
} from './price.js';
export { currencies, CURRENCIES_AS_OF, exponentOf } from './currency.js';
