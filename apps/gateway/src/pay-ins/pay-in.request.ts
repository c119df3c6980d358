import { checkPayIn, createCommandId, isPayInFault, type PayInMessage } from '@billing/contracts';
import type { FieldError } from '../http/problem.js';
import { UNKNOWN_FIELD } from '../http/validation.js';

const fields: Readonly<Record<keyof PayInMessage, true>> = {
  commandId: true,
  accountId: true,
  amount: true,
  currency: true,
  reference: true,
  metadata: true,
};

/**
 * One pay-in as a client sent it: the message to publish, or what is wrong with it. What a field may
 * hold is the message decoder's to say, so that nothing is accepted here and refused there.
 */
export function readPayIn(item: unknown): PayInMessage | FieldError[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return [{ field: '', message: 'must be a JSON object' }];
  }
  const given = item as Record<string, unknown>;
  const commandId = given['commandId'] ?? createCommandId();
  const errors = Object.keys(given)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => ({ field: name, message: UNKNOWN_FIELD }));
  const checked = checkPayIn({ ...given, commandId });
  if (isPayInFault(checked)) errors.push(splitDetail(checked.detail));
  if (errors.length > 0 || isPayInFault(checked)) return errors;
  return {
    commandId: checked.commandId,
    accountId: checked.accountId,
    amount: given['amount'] as string,
    currency: checked.currency,
    ...(checked.reference !== undefined && { reference: checked.reference }),
    ...(checked.metadata !== undefined && { metadata: given['metadata'] as object }),
  } as PayInMessage;
}

/** The decoder's details begin with the name of the field: "amount: must be above zero". */
function splitDetail(detail: string): FieldError {
  const colon = detail.indexOf(': ');
  return { field: detail.slice(0, colon), message: detail.slice(colon + 2) };
}
