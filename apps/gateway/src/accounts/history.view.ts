import { parseDigits } from '@billing/contracts';
import type { AccountOperation } from '@billing/database';
import { formatAmount } from '@billing/money';
import { Type } from 'typebox';
import {
  chargeView,
  metadataSchema,
  nodeSchema,
  orNull,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
  uuidSchema,
  type View,
} from '../http/field-schemas.js';

const entryView = Type.Object(
  {
    node: nodeSchema,
    type: Type.String({
      description:
        'pay_in, deposit, opening, pay_out, reserve, release, return, refund, transfer_out, transfer_in or correction; there may be more.',
    }),
    amount: sumSchema,
    at: timeSchema,
  },
  { title: 'OperationEntry' },
);

export const operationView = Type.Object(
  {
    type: Type.String({
      description:
        'pay_in, pay_out, charge, hold, refund, correction, deposit, opening or transfer; there may be more.',
    }),
    operationId: uuidSchema,
    commandId: Type.Optional(uuidSchema),
    payOutId: Type.Optional(uuidSchema),
    holdId: Type.Optional(uuidSchema),
    refundId: Type.Optional(uuidSchema),
    captureId: Type.Optional(uuidSchema),
    correctionId: Type.Optional(uuidSchema),
    status: Type.Optional(
      Type.String({
        description:
          'pending, committed, rejected, reversed, open, voided or over; absent of a hold where its home alone knows.',
      }),
    ),
    amount: sumSchema,
    currency: shownCurrencySchema,
    at: timeSchema,
    reference: Type.Optional(Type.String()),
    metadata: Type.Optional(metadataSchema),
    charge: Type.Optional(chargeView),
    captured: Type.Optional(sumSchema),
    refunded: Type.Optional(sumSchema),
    duplicateOf: Type.Optional(uuidSchema),
    entries: Type.Array(entryView, {
      description: 'What it did to the part of each datacenter, as far as that has arrived here.',
    }),
  },
  { title: 'AccountOperation' },
);

export const operationPageView = Type.Object(
  { operations: Type.Array(operationView), nextCursor: orNull(Type.String()) },
  { title: 'AccountOperationPage' },
);

/** An operation as clients see it: what is empty is left out. Numbers of metadata keep their digits: for `answerLossless`. */
export function describeOperation(
  operation: AccountOperation,
  currency: string,
): View<typeof operationView> {
  const { kind, key, reference, details } = operation;
  const { metadata, charge, capturedMinor, refundedMinor } = details;
  const amountOf = (minor: bigint | undefined): string | undefined =>
    minor === undefined ? undefined : formatAmount(minor, currency);
  return {
    type: kind,
    operationId: key.id,
    ...describeId(operation),
    status: details.state,
    amount: formatAmount(operation.amountMinor, currency),
    currency,
    at: new Date(key.ms).toISOString(),
    reference,
    metadata:
      metadata === undefined ? undefined : (parseDigits(metadata) as Record<string, unknown>),
    charge,
    captured: amountOf(capturedMinor),
    refunded: amountOf(refundedMinor),
    duplicateOf: details.duplicateOf,
    entries: operation.entries.map((entry) => ({
      node: entry.nodeId,
      type: entry.entryType,
      amount: formatAmount(entry.amountMinor, currency),
      at: entry.createdAt.toISOString(),
    })),
  };
}

/** Its id by the name that it has elsewhere in the API; what is read nowhere else has none. */
function describeId({ kind, key: { id }, details }: AccountOperation) {
  switch (kind) {
    case 'pay_in':
      return { commandId: id };
    case 'pay_out':
    case 'charge':
      return { payOutId: id };
    case 'hold':
      return { holdId: id };
    case 'refund': {
      const { payOutId, holdId, captureId } = details;
      return { refundId: id, payOutId, holdId, captureId };
    }
    case 'correction':
      return { correctionId: id };
    default:
      return {};
  }
}
