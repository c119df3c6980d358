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
  AccountAnswer,
  PayInAnswer,
  Read,
  ReadOptions,
  RefundAnswer,
  RefundOrder,
} from './billing-client.js';
export { BulkClient } from './bulk-client.js';
export type { BulkItem, BulkItemResult } from './bulk-client.js';
export type { Datacenter, DatacentersOptions } from './datacenters.js';
export { AccountClient } from './account-client.js';
export type { AccountSearch, ChangedStateAnswer, CorrectionAnswer } from './account-client.js';
export { HoldClient } from './hold-client.js';
export type { HoldAnswer } from './hold-client.js';
export { PayOutClient } from './pay-out-client.js';
export type { PayOutAnswer, PayOutOrder, UpToOrder } from './pay-out-client.js';
export type { OperationPage, Page } from './history.js';
export type {
  Account,
  AccountOpening,
  AccountOperation,
  AccountOperationPage,
  AccountPage,
  AccountStateChange,
  Balance,
  BalanceCorrection,
  Capture,
  CaptureRefund,
  CaptureOrder,
  ChangedAccountState,
  ChargeOrder,
  Correction,
  ExtendedHold,
  Hold,
  HoldOrder,
  HoldPart,
  OpenedAccount,
  PayIn,
  PayInOrder,
  PayOut,
  PayOutPreview,
  PayOutPreviewOrder,
  PricedService,
  Refund,
  Service,
  ServiceList,
  ServiceOrder,
  TransactionPage,
  VoidedHold,
} from './generated/openapi.js';
