export {
  AMOUNT_MINOR_MAX,
  describeAmountFault,
  formatAmount,
  parseAmount,
  parseSignedAmount,
} from './amount.js';
export type { AmountFault } from './amount.js';
export { currencies, CURRENCIES_AS_OF, exponentOf } from './currency.js';
