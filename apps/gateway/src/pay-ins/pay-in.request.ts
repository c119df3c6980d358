import {
  createCommandId,
  describeReferenceViolation,
  HOME_RULE,
  isUuid,
  parseDatacenter,
  type FieldViolation,
  type PayInMessage,
} from '@billing/contracts';
import {
  mayLack,
  accountIdSchema,
  amountSchema,
  bodySchema,
  currencySchema,
  datacenterSchema,
  metadataSchema,
  referenceSchema,
  uuidSchema,
} from '../http/field-schemas.js';
import {
  accountIdViolation,
  amountViolation,
  currencyViolation,
  findViolations,
  isAbsent,
  isObject,
  metadataViolation,
  optional,
  type FieldCheck,
} from '../http/body-checks.js';

export const payInChecks: readonly FieldCheck[] = [
  [
    'commandId',
    optional((value) => (isUuid(value) ? undefined : 'must be a UUID')),
    mayLack(uuidSchema),
  ],
  ['accountId', accountIdViolation, accountIdSchema],
  ['amount', amountViolation, amountSchema],
  ['currency', currencyViolation, currencySchema],
  ['reference', describeReferenceViolation, mayLack(referenceSchema)],
  ['metadata', optional(metadataViolation), mayLack(metadataSchema)],
  ['home', optional(homeViolation), mayLack(datacenterSchema)],
];

export const payInBody = bodySchema('PayInOrder', payInChecks);

function homeViolation(value: unknown): string | undefined {
  const isOne = typeof value === 'string' && parseDatacenter(value) !== undefined;
  return isOne ? undefined : HOME_RULE;
}

/**
 * One pay-in as a client sent it: the message to publish, or what is wrong with it. Nothing is accepted here
 * that the decoder of messages refuses.
 */
export function readPayIn(item: unknown): PayInMessage | FieldViolation[] {
  if (!isObject(item)) return [{ field: '', message: 'must be a JSON object' }];
  const violations = findViolations(item, payInChecks, undefined);
  if (violations.length > 0) return violations;
  const { commandId, reference, metadata, home } = item;
  return {
    commandId: isAbsent(commandId) ? createCommandId() : (commandId as string).toLowerCase(),
    accountId: item['accountId'] as string,
    amount: item['amount'] as string,
    currency: item['currency'] as string,
    // Empty is none, as in every other way in.
    ...(!isAbsent(reference) && reference !== '' && { reference: reference as string }),
    ...(!isAbsent(home) && { home: home as string }),
    ...(!isAbsent(metadata) && { metadata: metadata as Record<string, unknown> }),
  };
}
