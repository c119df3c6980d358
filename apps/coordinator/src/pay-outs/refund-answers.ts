import type { Refund } from '@billing/contracts';
import type { RefundOrder, RefundRecord, RefundVerdict } from '@billing/database';
import { formatAmount } from '@billing/money';
import { accountDeleted } from '../accounts/account-answers.js';
import { BillingError } from '../grpc/billing.errors.js';
import { currencyMismatch, ofHold, payOutCopying } from './pay-out-answers.js';

export function toRefund(record: RefundRecord, currency: string): Refund {
  return {
    refundId: record.refundId,
    ...(record.captureId === undefined
      ? { payOutId: record.payOutId, holdId: '', captureId: '' }
      : { payOutId: '', holdId: record.payOutId, captureId: record.captureId }),
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

/** What is to be refunded. */
type Subject = Pick<RefundOrder, 'payOutId' | 'captureId'>;

interface Named {
  readonly name: string;
  readonly facts: Readonly<Record<string, string>>;
}

function nameOf({ payOutId, captureId }: Subject): Named {
  return captureId === undefined
    ? { name: `pay-out ${payOutId}`, facts: { pay_out_id: payOutId } }
    : {
        name: `capture ${captureId} of hold ${payOutId}`,
        facts: { hold_id: payOutId, capture_id: captureId },
      };
}

export function notRefundable(subject: Subject): BillingError {
  const { name, facts } = nameOf(subject);
  const code = subject.captureId === undefined ? 'PAY_OUT_NOT_FOUND' : 'HOLD_NOT_FOUND';
  return new BillingError(code, `${name} is not known`, facts);
}

type Refused = Exclude<RefundVerdict, { status: 'refunded' | 'replayed' | 'duplicate' }>;

/** What the node that keeps the pay-out or the hold refuses, in its own words. */
export function toRefundRefusal(
  order: RefundOrder,
  nodeId: number,
  verdict: Refused,
): BillingError {
  const { payOutId, captureId, currency } = order;
  const { name, facts } = nameOf(order);
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
      return notRefundable(order);
    case 'in_progress':
      return new BillingError(
        'IN_PROGRESS',
        captureId === undefined
          ? `${name} is not decided yet`
          : `not so much of ${name} is confirmed yet: a datacenter has not answered`,
        facts,
      );
    case 'account_copying': {
      const copying = payOutCopying(payOutId, verdict.accountId, nodeId);
      return captureId === undefined ? copying : ofHold(copying);
    }
    case 'currency_mismatch':
      return currencyMismatch(verdict.accountId, verdict.accountCurrency);
    case 'account_deleted':
      return accountDeleted(verdict.accountId);
    case 'exceeded': {
      const remaining = formatAmount(verdict.remainingMinor, currency);
      return new BillingError(
        'REFUND_EXCEEDED',
        `${remaining} ${currency} of ${name} are left to refund`,
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
