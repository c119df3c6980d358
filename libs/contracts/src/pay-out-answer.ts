import type { PayOut } from './generated/billing/v1/PayOut.js';
import type { PayOutResponse } from './generated/billing/v1/PayOutResponse.js';
import type { Refund } from './generated/billing/v1/Refund.js';
import type { RefundPayOutResponse } from './generated/billing/v1/RefundPayOutResponse.js';

interface Answer {
  readonly payOut: PayOut | null;
}

/** proto3 cannot say that a message is always there; a coordinator answers no pay-out without it. */
export type WithPayOut<A extends Answer> = A & { payOut: PayOut };

export type PaidOut = WithPayOut<PayOutResponse>;

export function hasPayOut<A extends Answer>(answer: A): answer is WithPayOut<A> {
  return answer.payOut !== null;
}

/** As of pay-outs. */
export type Refunded = RefundPayOutResponse & { refund: Refund };

export function hasRefund(answer: RefundPayOutResponse): answer is Refunded {
  return answer.refund !== null;
}
