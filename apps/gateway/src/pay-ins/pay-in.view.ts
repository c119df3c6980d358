import type { PayInOutcome } from '@billing/database';
import { formatAmount } from '@billing/money';
import { Type } from 'typebox';
import {
  accountIdSchema,
  metadataSchema,
  nodeSchema,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
  uuidSchema,
  type View,
} from '../http/field-schemas.js';
import { receiptSchema } from './pay-in.query.js';

const accepted = {
  commandId: uuidSchema,
  status: Type.Literal('accepted'),
  receipt: receiptSchema,
  statusUrl: Type.String({
    description: 'Where it can be asked for, at the gateway that took it.',
  }),
};

export const acceptedPayInView = Type.Object(accepted, { title: 'AcceptedPayIn' });

const refusedPayInView = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  status: Type.Enum(['rejected', 'unavailable'], {
    description:
      'rejected: as it is, it will never be taken; unavailable: send it again with its commandId.',
  }),
  commandId: Type.Optional(uuidSchema),
  error: Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    description: 'A problem, without instance and requestId.',
  }),
});

const count = Type.Integer({ minimum: 0 });

/** Also what is told where the broker took none. */
export const bulkCounts = {
  accepted: count,
  rejected: count,
  unavailable: count,
  results: Type.Array(
    Type.Union(
      [Type.Object({ index: Type.Integer({ minimum: 0 }), ...accepted }), refusedPayInView],
      {
        title: 'BulkResult',
        description: 'Of the item at the place index of the request.',
      },
    ),
  ),
};

export const bulkAnswerView = Type.Object(bulkCounts, { title: 'BulkAnswer' });

export const payInView = Type.Object(
  {
    commandId: uuidSchema,
    status: Type.Enum(['accepted', 'applied', 'forwarded', 'parked', 'rejected']),
    node: Type.Optional(nodeSchema),
    accountId: Type.Optional(accountIdSchema),
    amount: Type.Optional(sumSchema),
    currency: Type.Optional(shownCurrencySchema),
    reference: Type.Optional(Type.String()),
    metadata: Type.Optional(metadataSchema),
    appliedAt: Type.Optional(timeSchema),
    forwardedAt: Type.Optional(timeSchema),
    parkedAt: Type.Optional(timeSchema),
    rejectedAt: Type.Optional(timeSchema),
    reason: Type.Optional(Type.String({ description: 'Of a rejected one: why.' })),
    detail: Type.Optional(Type.String()),
  },
  { title: 'PayIn' },
);

const timeNames = {
  applied: 'appliedAt',
  forwarded: 'forwardedAt',
  parked: 'parkedAt',
  rejected: 'rejectedAt',
} as const;

/** Its metadata is beside it: digits that a double cannot hold. */
export function describePayIn(
  commandId: string,
  outcome: PayInOutcome & { readonly status: Exclude<PayInOutcome['status'], 'unknown'> },
): View<typeof payInView> {
  const { status, nodeId, accountId, amountMinor, currency, occurredAt } = outcome;
  const amount =
    amountMinor === undefined || currency === undefined
      ? undefined
      : formatAmount(amountMinor, currency);
  return {
    commandId,
    status,
    node: nodeId,
    accountId: accountId?.toString(),
    amount,
    currency,
    reference: outcome.reference,
    ...(status !== 'accepted' && { [timeNames[status]]: occurredAt?.toISOString() }),
    reason: outcome.reason,
    detail: outcome.detail,
  };
}
