import type { PayOut, PayOutPart, PayOutStatus, PreviewPayOutResponse } from '@billing/contracts';
import { Type } from 'typebox';
import { findProblemKind } from '../coordinator/coordinator-problem.js';
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

const partView = Type.Object({ node: nodeSchema, amount: sumSchema }, { title: 'PayOutPart' });

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
  const { reference, decidedAt, rejection, duplicateOf } = payOut;
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
  };
}

export function describePreview(preview: PreviewPayOutResponse): View<typeof previewView> {
  const { covered, parts, spendable, stranded, unreachableNodes } = preview;
  return { covered, parts: parts.map(describePart), spendable, stranded, unreachableNodes };
}

function describePart({ nodeId, amount }: PayOutPart): View<typeof partView> {
  return { node: nodeId, amount };
}

/** The type of the problem that the refusal was answered with. */
function describeRejection(reason: string): string {
  return findProblemKind(reason) ?? reason.toLowerCase().replaceAll('_', '-');
}
