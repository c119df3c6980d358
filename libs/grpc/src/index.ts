export { callUnary, connectBilling } from './billing-connection.js';
export type { BillingConnection, PreparedCall } from './billing-connection.js';
export { loadBilling } from './billing-definitions.js';
