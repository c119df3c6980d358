export { GatewayClient } from './gateway-client.js';
export {
  GatewayAnswerError,
  GatewaySilentError,
  NotBegunError,
  NoTokenError,
  OutcomeUnknownError,
} from './client.errors.js';
export type { GatewayAnswer, GatewayClientOptions, GatewayRequest } from './gateway-client.js';
export { BillingClient } from './billing-client.js';
export type {
  AcceptedPayIn,
  Account,
  AccountOrder,
  Balance,
  OpenedAccount,
  PayInOrder,
  PayInStatus,
  Read,
  ReadOptions,
  PricedService,
  Service,
  Refund,
  RefundAnswer,
  RefundOrder,
} from './billing-client.js';
export type { Datacenter, DatacentersOptions } from './datacenters.js';
export { AccountClient } from './account-client.js';
export type {
  AccountPage,
  AccountSearch,
  ChangedState,
  ChangedStateAnswer,
  StateChangeOrder,
} from './account-client.js';
export { HoldClient } from './hold-client.js';
export type {
  Capture,
  CaptureRefund,
  CaptureOrder,
  Extended,
  Hold,
  HoldAnswer,
  HoldOrder,
  HoldPart,
  Voided,
} from './hold-client.js';
export { PayOutClient } from './pay-out-client.js';
export type {
  ChargeOrder,
  PaidOut,
  PayOutAnswer,
  PayOutOrder,
  UpToOrder,
} from './pay-out-client.js';
export type { AccountOperation, OperationPage, Operations, Page, Transactions } from './history.js';
