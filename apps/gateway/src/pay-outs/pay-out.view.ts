import type {
  Charge,
  PayOut,
  PayOutPart,
  PayOutRefund,
  PayOutStatus,
  PreviewPayOutResponse,
  Refund,
  UpTo,
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
    upTo: Type.Optional(sumSchema),
    minimum: Type.Optional(sumSchema),
    exhausted: Type.Optional(
      Type.Boolean({
        description:
          'Of one that paid less than upTo: the datacenters that answered had no more. False: there may have been more.',
      }),
    ),
    unreachableNodes: Type.Optional(
      Type.Array(nodeSchema, {
        description: 'Of one that paid less than upTo: who could not be asked, and may have more.',
      }),
    ),
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
  const { reference, decidedAt, rejection, duplicateOf, charge, refunded, refunds, upTo } = payOut;
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
    ...(upTo !== null && describeUpTo(upTo, payOut.status)),
    ...(refunded !== '' && { refunded, refunds: refunds.map(describeRefundOf) }),
  };
}

export function describeRefundOf({
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

/** What was paid says more once it is. */
function describeUpTo({ upTo, minimum, exhausted, unreachableNodes }: UpTo, status: PayOutStatus) {
  const isPaid = status === 'PAY_OUT_STATUS_COMMITTED';
  return { upTo, minimum, ...(isPaid && { exhausted, unreachableNodes }) };
}

function describePart({ nodeId, amount }: PayOutPart): View<typeof partView> {
  return { node: nodeId, amount };
}

/** The type of the problem that the refusal was answered with. */
export function describeRejection(reason: string): string {
  return findProblemKind(reason) ?? reason.toLowerCase().replaceAll('_', '-');
}
