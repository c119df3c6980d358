import type {
  Charge,
  PayOut,
  PayOutPart,
  PayOutRefund,
  PayOutStatus,
  PreviewPayOutResponse,
  Refund,
} from '@billing/contracts';
import { Type } from 'typebox';
import { findProblemKind } from '../coordinator/coordinator-problem.js';
import {
  accountIdSchema,
  chargeView,
  metadataSchema,
  nodeSchema,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
  uuidSchema,
  type View,
} from '../http/field-schemas.js';

const partView = Type.Object({ node: nodeSchema, amount: sumSchema }, { title: 'PayOutPart' });

const refundOfView = Type.Object(
  {
    refundId: uuidSchema,
    amount: sumSchema,
    reference: Type.Optional(Type.String()),
    createdAt: timeSchema,
  },
  { title: 'PayOutRefund' },
);

export const refundView = Type.Object(
  {
    refundId: uuidSchema,
    payOutId: uuidSchema,
    accountId: accountIdSchema,
    amount: sumSchema,
    currency: shownCurrencySchema,
    refunded: sumSchema,
    remaining: sumSchema,
    reference: Type.Optional(Type.String()),
    metadata: Type.Optional(metadataSchema),
    createdAt: timeSchema,
  },
  { title: 'Refund' },
);

export const payOutView = Type.Object(
  {
    payOutId: uuidSchema,
    accountId: accountIdSchema,
    amount: sumSchema,
    currency: shownCurrencySchema,
    status: Type.Enum(['pending', 'committed', 'rejected']),
    parts: Type.Array(partView, { description: 'What each datacenter gave.' }),
    reference: Type.Optional(Type.String()),
    metadata: Type.Optional(metadataSchema),
    createdAt: timeSchema,
    decidedAt: Type.Optional(timeSchema),
    rejection: Type.Optional(
      Type.String({
        description:
          'Of a rejected one: the type of the problem that its last try was answered with.',
      }),
    ),
    duplicateOf: Type.Optional(
      Type.String({ description: 'Of one that was given back: the pay-out that stands.' }),
    ),
    charge: Type.Optional(chargeView),
    refunded: Type.Optional(sumSchema),
    refunds: Type.Optional(
      Type.Array(refundOfView, { description: 'The newest 200, the oldest of them first.' }),
    ),
  },
  { title: 'PayOut' },
);

export const previewView = Type.Object(
  {
    covered: Type.Boolean(),
    parts: Type.Array(partView),
    spendable: sumSchema,
    stranded: sumSchema,
    unreachableNodes: Type.Array(nodeSchema),
  },
  { title: 'PayOutPreview' },
);

const statuses: Readonly<Record<PayOutStatus, View<typeof payOutView>['status']>> = {
  PAY_OUT_STATUS_UNSPECIFIED: 'pending',
  PAY_OUT_STATUS_PENDING: 'pending',
  PAY_OUT_STATUS_COMMITTED: 'committed',
  PAY_OUT_STATUS_REJECTED: 'rejected',
};

/** A pay-out as clients see it: what is empty is left out. */
export function describePayOut(payOut: PayOut): View<typeof payOutView> {
  const { reference, decidedAt, rejection, duplicateOf, charge, refunded, refunds } = payOut;
  return {
    payOutId: payOut.payOutId,
    accountId: payOut.accountId,
    amount: payOut.amount,
    currency: payOut.currency,
    status: statuses[payOut.status],
    parts: payOut.parts.map(describePart),
    ...(reference !== '' && { reference }),
    createdAt: payOut.createdAt,
    ...(decidedAt !== '' && { decidedAt }),
    ...(rejection !== '' && { rejection: describeRejection(rejection) }),
    ...(duplicateOf !== '' && { duplicateOf }),
    ...(charge !== null && { charge: describeCharge(charge) }),
    ...(refunded !== '' && { refunded, refunds: refunds.map(describeRefundOf) }),
  };
}

function describeRefundOf({
  refundId,
  amount,
  reference,
  createdAt,
}: PayOutRefund): View<typeof refundOfView> {
  return { refundId, amount, ...(reference !== '' && { reference }), createdAt };
}

/** A refund as clients see it: what is empty is left out. */
export function describeRefund(refund: Refund): View<typeof refundView> {
  const { refundId, payOutId, accountId, amount, currency, refunded, remaining } = refund;
  const { reference, createdAt } = refund;
  return {
    refundId,
    payOutId,
    accountId,
    amount,
    currency,
    refunded,
    remaining,
    ...(reference !== '' && { reference }),
    createdAt,
  };
}

export function describePreview(preview: PreviewPayOutResponse): View<typeof previewView> {
  const { covered, parts, spendable, stranded, unreachableNodes } = preview;
  return { covered, parts: parts.map(describePart), spendable, stranded, unreachableNodes };
}

function describeCharge({ serviceId, quantity, price, unit }: Charge): View<typeof chargeView> {
  return { serviceId, quantity, price, ...(unit !== '' && { unit }) };
}

function describePart({ nodeId, amount }: PayOutPart): View<typeof partView> {
  return { node: nodeId, amount };
}

/** The type of the problem that the refusal was answered with. */
export function describeRejection(reason: string): string {
  return findProblemKind(reason) ?? reason.toLowerCase().replaceAll('_', '-');
}
