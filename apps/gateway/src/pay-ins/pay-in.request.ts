import {
  createCommandId,
  describeReferenceFault,
  isUuid,
  type FieldFault,
  type PayInMessage,
} from '@billing/contracts';
import {
  accountIdFault,
  amountFault,
  currencyFault,
  findFaults,
  isAbsent,
  isObject,
  metadataFault,
  optional,
  type FieldCheck,
} from '../http/body-checks.js';

const checks: readonly FieldCheck[] = [
  ['commandId', optional((value) => (isUuid(value) ? undefined : 'must be a UUID'))],
  ['accountId', accountIdFault],
  ['amount', amountFault],
  ['currency', currencyFault],
  ['reference', describeReferenceFault],
  ['metadata', optional(metadataFault)],
];

/**
 * One pay-in as a client sent it: the message to publish, or what is wrong with it. Nothing is accepted here
 * that the decoder of messages refuses.
 */
export function readPayIn(item: unknown): PayInMessage | FieldFault[] {
  if (!isObject(item)) return [{ field: '', message: 'must be a JSON object' }];
  const faults = findFaults(item, checks, undefined);
  if (faults.length > 0) return faults;
  const { commandId, reference, metadata } = item;
  return {
    commandId: isAbsent(commandId) ? createCommandId() : (commandId as string).toLowerCase(),
    accountId: item['accountId'] as string,
    amount: item['amount'] as string,
    currency: item['currency'] as string,
    // Empty is none, as in every other way in.
    ...(!isAbsent(reference) && reference !== '' && { reference: reference as string }),
    ...(!isAbsent(metadata) && { metadata: metadata as Record<string, unknown> }),
  };
}
