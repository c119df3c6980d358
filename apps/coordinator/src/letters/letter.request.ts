import {
  BULK_ACTS_MAX,
  checkPayIn,
  createCommandId,
  describeNoteViolation,
  isPayInViolation,
  isUuid,
  parseMessageName,
  type CorrectDeadLetterRequest,
  type MessageName,
  type PayIn,
} from '@billing/contracts';
import { readMetadataJson } from '../accounts/account.request.js';
import { invalidRequest } from '../grpc/billing.errors.js';

/** @throws BillingError INVALID_REQUEST */
export function readName(id: string): MessageName {
  const name = parseMessageName(id);
  if (name === undefined) throw invalidRequest('id', 'must be topic/partition/offset');
  return name;
}

/** Undefined: none. @throws BillingError INVALID_REQUEST */
export function readNote(note: string, isRequired = false): string | undefined {
  const violation = describeNoteViolation(note, isRequired);
  if (violation !== undefined) throw invalidRequest('note', violation);
  return note === '' ? undefined : note;
}

/** @throws BillingError INVALID_REQUEST */
export function readIds(ids: readonly string[]): readonly string[] {
  if (ids.length >= 1 && ids.length <= BULK_ACTS_MAX) return ids;
  throw invalidRequest('ids', `must be 1 to ${BULK_ACTS_MAX} names of messages`);
}

export type Correction = Omit<PayIn, 'commandId'> & {
  readonly commandId: string | undefined;
  readonly newCommandId: string;
};

/** Judged like any other pay-in. @throws BillingError INVALID_REQUEST that names the field */
export function readCorrection(request: CorrectDeadLetterRequest): Correction {
  const { commandId, accountId, amount, currency, reference, metadataJson } = request;
  if (commandId !== '' && !isUuid(commandId)) {
    throw invalidRequest('pay_in.command_id', 'must be a UUID');
  }
  const newCommandId = createCommandId();
  const checked = checkPayIn({
    commandId: commandId === '' ? newCommandId : commandId,
    accountId,
    amount,
    currency,
    reference: reference === '' ? undefined : reference,
    metadata: readMetadataJson(metadataJson, 'pay_in.metadata'),
  });
  if (isPayInViolation(checked)) {
    const { field, message } = checked.fieldViolation ?? { field: '', message: checked.detail };
    const snakeCase = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    throw invalidRequest(`pay_in.${snakeCase}`, message);
  }
  return { ...checked, commandId: commandId === '' ? undefined : checked.commandId, newCommandId };
}
