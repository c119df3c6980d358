import type {
  Charge,
  PayOut,
  PayOutPart,
  PayOutRefund,
  PayOutStatus,
  PreviewPayOutResponse,
  Refund,
} from '@billing/contracts';
import { findProblemKind } from '../coordinator/coordinator-problem.js';

const statuses: Readonly<Record<PayOutStatus, string>> = {
  PAY_OUT_STATUS_UNSPECIFIED: 'pending',
  PAY_OUT_STATUS_PENDING: 'pending',
  PAY_OUT_STATUS_COMMITTED: 'committed',
  PAY_OUT_STATUS_REJECTED: 'rejected',
};

/** A pay-out as clients see it: what is empty is left out. */
export function describePayOut(payOut: PayOut): object {
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

function describeRefundOf({ refundId, amount, reference, createdAt }: PayOutRefund): object {
  return { refundId, amount, ...(reference !== '' && { reference }), createdAt };
}

/** A refund as clients see it: what is empty is left out. */
export function describeRefund(refund: Refund): object {
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

export function describePreview(preview: PreviewPayOutResponse): object {
  const { covered, parts, spendable, stranded, unreachableNodes } = preview;
  return { covered, parts: parts.map(describePart), spendable, stranded, unreachableNodes };
}

function describeCharge({ serviceId, quantity, price, unit }: Charge): object {
  return { serviceId, quantity, price, ...(unit !== '' && { unit }) };
}

function describePart({ nodeId, amount }: PayOutPart): object {
  return { node: nodeId, amount };
}

/** The type of the problem that the refusal was answered with. */
function describeRejection(reason: string): string {
  return findProblemKind(reason) ?? reason.toLowerCase().replaceAll('_', '-');
}
