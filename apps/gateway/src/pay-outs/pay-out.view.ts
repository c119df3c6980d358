import type { PayOut, PayOutPart, PayOutStatus, PreviewPayOutResponse } from '@billing/contracts';
import { findProblemKind } from '../coordinator/coordinator-problem.js';

const statuses: Readonly<Record<PayOutStatus, string>> = {
  PAY_OUT_STATUS_UNSPECIFIED: 'pending',
  PAY_OUT_STATUS_PENDING: 'pending',
  PAY_OUT_STATUS_COMMITTED: 'committed',
  PAY_OUT_STATUS_REJECTED: 'rejected',
};

/** A pay-out as clients see it: what is empty is left out. */
export function describePayOut(payOut: PayOut): object {
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

export function describePreview(preview: PreviewPayOutResponse): object {
  const { covered, parts, spendable, stranded, unreachableNodes } = preview;
  return { covered, parts: parts.map(describePart), spendable, stranded, unreachableNodes };
}

function describePart({ nodeId, amount }: PayOutPart): object {
  return { node: nodeId, amount };
}

/** The type of the problem that the refusal was answered with. */
export function describeRejection(reason: string): string {
  return findProblemKind(reason) ?? reason.toLowerCase().replaceAll('_', '-');
}
