export { callUnary, connectBilling } from './billing-connection.js';
export type { BillingConnection, ConnectionTls, PreparedCall } from './billing-connection.js';
export { loadBilling } from './billing-definitions.js';
