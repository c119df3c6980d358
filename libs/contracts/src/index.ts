export { PAY_IN_DLQ_TOPIC, PAY_IN_PARTITIONS, PAY_IN_TOPIC } from './topics.js';
export { MESSAGE_BYTES_MAX, METADATA_BYTES_MAX, REFERENCE_LENGTH_MAX } from './pay-in.js';
export type { PayIn, PayInFault, PayInMessage } from './pay-in.js';
export { checkPayIn, decodePayIn, isPayInFault } from './pay-in.decoder.js';
export { characterCount, isAccountId, isStorableText, isUuid } from './field-checks.js';
