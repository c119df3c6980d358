export { AMOUNT_MINOR_MAX, describeAmountFault, formatAmount, parseAmount } from './amount.js';
export type { AmountFault } from './amount.js';
export { currencies, exponentOf } from './currency.js';
