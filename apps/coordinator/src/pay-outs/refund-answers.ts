import type { Refund } from '@billing/contracts';
import type { RefundOrder, RefundRecord, RefundVerdict } from '@billing/database';
import { formatAmount } from '@billing/money';
import { accountDeleted } from '../accounts/account-answers.js';
import { BillingError } from '../grpc/billing.errors.js';
import { currencyMismatch, payOutCopying } from './pay-out-answers.js';

export function toRefund(record: RefundRecord, currency: string): Refund {
  return {
    refundId: record.refundId,
    payOutId: record.payOutId,
    accountId: record.accountId.toString(),
    amount: formatAmount(record.amountMinor, currency),
    currency,
    refunded: formatAmount(record.refundedMinor, currency),
    remaining: formatAmount(record.remainingMinor, currency),
    reference: record.reference ?? '',
    metadataJson: record.metadata ?? '',
    createdAt: record.createdAt.toISOString(),
  };
}

export function unknownPayOut(payOutId: string): BillingError {
  return new BillingError('PAY_OUT_NOT_FOUND', `pay-out ${payOutId} is not known`, {
    pay_out_id: payOutId,
  });
}

type Refused = Exclude<RefundVerdict, { status: 'refunded' | 'replayed' | 'duplicate' }>;

/** What the node that keeps the pay-out refuses, in its own words. */
export function toRefundRefusal(
  { payOutId, currency }: RefundOrder,
  nodeId: number,
  verdict: Refused,
): BillingError {
  const facts = { pay_out_id: payOutId };
  switch (verdict.status) {
    case 'idempotency_conflict':
      return new BillingError(
        'IDEMPOTENCY_CONFLICT',
        'this idempotency key came before with another request',
      );
    case 'upgrading':
      return new BillingError(
        'NODE_UNREACHABLE',
        'nothing is refunded while nodes may be of two versions (docs/upgrade.md)',
        { node_id: String(nodeId) },
      );
    case 'not_found':
      return unknownPayOut(payOutId);
    case 'in_progress':
      return new BillingError('IN_PROGRESS', `pay-out ${payOutId} is not decided yet`, facts);
    case 'account_copying':
      return payOutCopying(payOutId, verdict.accountId, nodeId);
    case 'currency_mismatch':
      return currencyMismatch(verdict.accountId, verdict.accountCurrency);
    case 'account_deleted':
      return accountDeleted(verdict.accountId);
    case 'exceeded': {
      const remaining = formatAmount(verdict.remainingMinor, currency);
      return new BillingError(
        'REFUND_EXCEEDED',
        `${remaining} ${currency} of pay-out ${payOutId} are left to refund`,
        { ...facts, remaining },
      );
    }
    case 'balance_limit':
      return new BillingError(
        'BALANCE_LIMIT',
        `the balance of account ${verdict.accountId} would exceed what can be kept`,
        { account_id: verdict.accountId },
      );
  }
}
