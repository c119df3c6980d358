export { judgeKafkaSettings, kafkaSettingRules, kafkaSettingsOf } from './kafka-settings.js';
export type { FoundKafkaSetting, KafkaSettingDeviation } from './kafka-settings.js';
export {
  isPayInTopic,
  isUpstreamName,
  PAY_IN_DLQ_TOPIC,
  PAY_IN_PARTITIONS,
  PAY_IN_TOPIC,
  UPSTREAM_NAME_RULE,
  upstreamTopicOf,
  type UpstreamTopic,
} from './topics.js';
export {
  gatewayOrigin,
  letterOrigin,
  sharedOrigin,
  upstreamOrigin,
  type PayInOrigin,
} from './pay-in-origin.js';
export { MESSAGE_BYTES_MAX, METADATA_BYTES_MAX, REFERENCE_LENGTH_MAX } from './pay-in.js';
export type { FieldViolation, PayIn, PayInMessage, PayInViolation } from './pay-in.js';
export {
  checkPayIn,
  decodePayIn,
  decodeUnnamedPayIn,
  isPayInViolation,
  peekPayIn,
  type PayInGlimpse,
} from './pay-in-decoder.js';
export { DEFAULT_TENANT, isTenantName, TENANT_RULE, type Tenants } from './tenants.js';
export { createCommandId } from './command-id.js';
export {
  HOME_RULE,
  createIdempotencyKey,
  formatDatacenter,
  homeOfKey,
  NODE_ID_MAX,
  nodeOfPayOut,
  parseDatacenter,
} from './key-home.js';
export { formatMessageName, parseMessageName, type MessageName } from './message-name.js';
export {
  formatMessagePosition,
  parsePosition,
  POSITION_ELEMENTS_MAX,
  POSITION_RULE,
  type PositionElement,
} from './position.js';
export { BULK_ACTS_MAX, describeNoteViolation, NOTE_LENGTH_MAX } from './letter-notes.js';
export {
  ACCOUNT_ID_RULE,
  characterCount,
  isAccountId,
  isStorableText,
  isUuid,
  parseInt64,
} from './field-checks.js';
export {
  canonicalMetadata,
  describeReferenceViolation,
  readMetadata,
  stringifyPayIn,
} from './note-checks.js';
export { parseDigits, parseJson, RepeatedMemberError, stringifyJson } from './lossless-json.js';
export {
  BILLING_PACKAGE,
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  BILLING_SERVICE,
  DEFAULT_CURRENCY,
  isIdempotencyKey,
  OPERATIONS_PROTO_FILE,
  OPERATIONS_SERVICE,
  PROTO_FOLDER,
  USERNAME_LENGTH_MAX,
} from './billing-proto.js';
// A message that was read is a PayOut, one to be written, where nothing need be there, a PayOutInput.
export type { ActOnDeadLettersRequest } from './generated/billing/v1/ActOnDeadLettersRequest.js';
export type { ActRequest } from './generated/billing/v1/ActRequest.js';
export type { ActResponse } from './generated/billing/v1/ActResponse.js';
export type { ActsResponse } from './generated/billing/v1/ActsResponse.js';
export type {
  CorrectBalanceRequest,
  CorrectBalanceRequestInput,
} from './generated/billing/v1/CorrectBalanceRequest.js';
export type { CorrectBalanceResponse } from './generated/billing/v1/CorrectBalanceResponse.js';
export type { Charge } from './generated/billing/v1/Charge.js';
export type { UpTo } from './generated/billing/v1/UpTo.js';
export type { CorrectDeadLetterRequest } from './generated/billing/v1/CorrectDeadLetterRequest.js';
export type { CreateServiceRequest } from './generated/billing/v1/CreateServiceRequest.js';
export type { AccountStateResponse } from './generated/billing/v1/AccountStateResponse.js';
export type {
  FreezeAccountRequest,
  FreezeAccountRequestInput,
} from './generated/billing/v1/FreezeAccountRequest.js';
export type { ThawAccountRequest } from './generated/billing/v1/ThawAccountRequest.js';
export type { DeleteAccountRequest } from './generated/billing/v1/DeleteAccountRequest.js';
export type { DeleteAccountResponse } from './generated/billing/v1/DeleteAccountResponse.js';
export type { DiscardParkedPayInsRequest } from './generated/billing/v1/DiscardParkedPayInsRequest.js';
export type { Drain } from './generated/billing/v1/Drain.js';
export type { GetPayOutRequest } from './generated/billing/v1/GetPayOutRequest.js';
export type { GetPayOutResponse } from './generated/billing/v1/GetPayOutResponse.js';
export type {
  AuthoriseHoldRequest,
  AuthoriseHoldRequestInput,
} from './generated/billing/v1/AuthoriseHoldRequest.js';
export type { AuthoriseHoldResponse } from './generated/billing/v1/AuthoriseHoldResponse.js';
export type { CaptureHoldRequest } from './generated/billing/v1/CaptureHoldRequest.js';
export type { CaptureHoldResponse } from './generated/billing/v1/CaptureHoldResponse.js';
export type { ExtendHoldRequest } from './generated/billing/v1/ExtendHoldRequest.js';
export type { ExtendHoldResponse } from './generated/billing/v1/ExtendHoldResponse.js';
export type { GetHoldRequest } from './generated/billing/v1/GetHoldRequest.js';
export type { GetHoldResponse } from './generated/billing/v1/GetHoldResponse.js';
export type { Hold } from './generated/billing/v1/Hold.js';
export type { HoldPart } from './generated/billing/v1/HoldPart.js';
export type { HoldState } from './generated/billing/v1/HoldState.js';
export type { VoidHoldRequest } from './generated/billing/v1/VoidHoldRequest.js';
export type { VoidHoldResponse } from './generated/billing/v1/VoidHoldResponse.js';
export type { ListServicesRequest } from './generated/billing/v1/ListServicesRequest.js';
export type { ListServicesResponse } from './generated/billing/v1/ListServicesResponse.js';
export type {
  OpenAccountRequest,
  OpenAccountRequestInput,
} from './generated/billing/v1/OpenAccountRequest.js';
export type { OpenAccountResponse } from './generated/billing/v1/OpenAccountResponse.js';
export type { PayOut } from './generated/billing/v1/PayOut.js';
export type { PayOutPart } from './generated/billing/v1/PayOutPart.js';
export type { PayOutRefund } from './generated/billing/v1/PayOutRefund.js';
export type { PayOutRequest, PayOutRequestInput } from './generated/billing/v1/PayOutRequest.js';
export type { PayOutResponse } from './generated/billing/v1/PayOutResponse.js';
export type { PayOutsRequest, PayOutsRequestInput } from './generated/billing/v1/PayOutsRequest.js';
export type { PayOutsResponse } from './generated/billing/v1/PayOutsResponse.js';
export type { PayOutStatus } from './generated/billing/v1/PayOutStatus.js';
export type {
  PreviewPayOutRequest,
  PreviewPayOutRequestInput,
} from './generated/billing/v1/PreviewPayOutRequest.js';
export type { PreviewPayOutResponse } from './generated/billing/v1/PreviewPayOutResponse.js';
export type { Refund } from './generated/billing/v1/Refund.js';
export type {
  RefundPayOutRequest,
  RefundPayOutRequestInput,
} from './generated/billing/v1/RefundPayOutRequest.js';
export type {
  RefundCaptureRequest,
  RefundCaptureRequestInput,
} from './generated/billing/v1/RefundCaptureRequest.js';
export type { RefundPayOutResponse } from './generated/billing/v1/RefundPayOutResponse.js';
export type { RetryParkedPayInsRequest } from './generated/billing/v1/RetryParkedPayInsRequest.js';
export type { RetryParkedPayInsResponse } from './generated/billing/v1/RetryParkedPayInsResponse.js';
export type { Service } from './generated/billing/v1/Service.js';
export {
  hasHold,
  type AuthorisedHold,
  type CapturedHold,
  type ExtendedHold,
  type FoundHold,
  type VoidedHold,
  type WithHold,
} from './hold-answer.js';
export type { Status } from './generated/google/rpc/Status.js';
export type { BillingClient, BillingHandlers } from './generated/billing/v1/Billing.js';
export type { OperationsClient, OperationsHandlers } from './generated/billing/v1/Operations.js';
export type { BillingDefinitions, RpcName, Rpcs } from './billing-proto.js';
export {
  billingErrorReasons,
  decodeErrorDetails,
  encodeErrorDetails,
  ERROR_DETAILS_TRAILER,
  ERROR_DOMAIN,
  readStatusMessage,
  toStatusMessage,
} from './billing-error.js';
export type { BillingErrorDetails, BillingErrorReason } from './billing-error.js';
export { hasPayOut, hasRefund } from './pay-out-answer.js';
export type { PaidOut, WithPayOut, Refunded } from './pay-out-answer.js';
export { linkFileDescriptors } from './file-descriptors.js';
export type { RepriceServiceRequest } from './generated/billing/v1/RepriceServiceRequest.js';
export type { RetireServiceRequest } from './generated/billing/v1/RetireServiceRequest.js';
export type { ServiceResponse } from './generated/billing/v1/ServiceResponse.js';
export {
  describeServiceNameViolation,
  describeUnitViolation,
  isServiceId,
  isTime,
  SERVICE_ID_RULE,
  SERVICE_NAME_LENGTH_MAX,
  TIME_RULE,
  UNIT_LENGTH_MAX,
} from './service-checks.js';
