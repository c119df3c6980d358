export { judgeKafkaSettings, kafkaSettingRules } from './kafka-settings.js';
export type { FoundKafkaSetting, KafkaSettingFault } from './kafka-settings.js';
export { PAY_IN_DLQ_TOPIC, PAY_IN_PARTITIONS, PAY_IN_TOPIC } from './topics.js';
export { MESSAGE_BYTES_MAX, METADATA_BYTES_MAX } from './pay-in.js';
export type { FieldFault, PayIn, PayInFault, PayInMessage } from './pay-in.js';
export {
  checkPayIn,
  decodePayIn,
  decodeUnnamedPayIn,
  isPayInFault,
  peekPayIn,
  type PayInGlimpse,
} from './pay-in-decoder.js';
export { createCommandId } from './command-id.js';
export { formatMessageName, parseMessageName, type MessageName } from './message-name.js';
export { BULK_ACTS_MAX, describeNoteFault } from './letter-notes.js';
export { OPERATIONS_PROTO_FILE, OPERATIONS_SERVICE } from './operations-proto.js';
export type {
  ActOnDeadLettersRequest,
  ActRequest,
  ActResponse,
  ActsResponse,
  CorrectBalanceRequest,
  CorrectBalanceResponse,
  CorrectDeadLetterRequest,
  DiscardParkedPayInsRequest,
  RetryParkedPayInsRequest,
  RetryParkedPayInsResponse,
} from './operations-proto.js';
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
  describeReferenceFault,
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
  PROTO_FOLDER,
  USERNAME_LENGTH_MAX,
} from './billing-proto.js';
export type {
  DeleteAccountRequest,
  DeleteAccountResponse,
  Drain,
  GetPayOutRequest,
  GetPayOutResponse,
  ListServicesResponse,
  OpenAccountRequest,
  OpenAccountResponse,
  PayOut,
  PayOutPart,
  PayOutRequest,
  PayOutResponse,
  PayOutsRequest,
  PayOutsResponse,
  PayOutStatus,
  PreviewPayOutRequest,
  PreviewPayOutResponse,
  ServiceMessage,
  StatusMessage,
} from './billing-proto.js';
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
export { linkFileDescriptors } from './file-descriptors.js';
