import type {
  Charge,
  PaidOut,
  PayOut,
  PayOutPart,
  PayOutRefund,
  PayOutStatus,
  UpTo,
} from '@billing/contracts';
import type {
  ChargeRow,
  DrainDecision,
  PaidUpTo,
  PayOutRecord,
  PayOutVerdict,
  RefundMade,
  Taking,
  UpTo as UpToRow,
} from '@billing/database';
import { formatAmount } from '@billing/money';
import { accountDeleted, accountFrozen } from '../accounts/account-answers.js';
import { serviceNotFound, serviceRetired } from '../catalogue/catalogue-desk.js';
import { BillingError, invalidRequest } from '../grpc/billing.errors.js';
import type { PayOutOrder } from './pay-out.request.js';

/** A pay-out that was made just now. */
function toCommitted(
  order: PayOutOrder,
  payOutId: string,
  createdAt: Date,
  decidedAt: Date,
  parts: PayOutPart[],
  position: string | undefined,
  upTo: PaidUpTo | undefined,
): PaidOut {
  const createdText = createdAt.toISOString();
  return {
    payOut: {
      payOutId,
      accountId: order.accountId,
      amount: formatAmount(paidOf(order, upTo), order.currency),
      currency: order.currency,
      status: 'PAY_OUT_STATUS_COMMITTED',
      parts,
      reference: order.reference ?? '',
      createdAt: createdText,
      decidedAt: decidedAt === createdAt ? createdText : decidedAt.toISOString(),
      rejection: '',
      metadataJson: order.metadata ?? '',
      duplicateOf: '',
      charge: toCharge(order.charge),
      refunded: '',
      refunds: [],
      upTo: toUpTo(upTo, order.currency),
    },
    replayed: false,
    position: position ?? '',
  };
}

/** A pay-out that one node's part covered just now. */
export function toPaidByOne(
  order: PayOutOrder,
  nodeId: number,
  { payOutId, createdAt, position, upTo }: Extract<PayOutVerdict, { status: 'committed' }>,
): PaidOut {
  const amountMinor = paidOf(order, upTo);
  const parts = amountMinor === 0n ? [] : toParts([{ nodeId, amountMinor }], order.currency);
  return toCommitted(order, payOutId, createdAt, createdAt, parts, position, upTo);
}

function paidOf({ amountMinor }: PayOutOrder, upTo: PaidUpTo | undefined): bigint {
  return upTo === undefined ? amountMinor : upTo.amountMinor;
}

/** What its key came to before. */
export function toReplayed(payOut: PayOutRecord, position?: string): PaidOut {
  return { payOut: toPayOut(payOut), replayed: true, position: position ?? '' };
}

/** What a drain came to. @throws BillingError what it was refused with */
export function toDrained(
  order: PayOutOrder,
  payOutId: string,
  createdAt: Date,
  decision: DrainDecision,
): PaidOut {
  if (decision.verdict !== 'committed') throw toDrainRefusal(order, payOutId, decision);
  const parts = toParts(decision.taken, order.currency);
  const { decidedAt = createdAt, position, upTo } = decision;
  return toCommitted(order, payOutId, createdAt, decidedAt, parts, position, upTo);
}

const statuses: Readonly<Record<PayOutRecord['status'], PayOutStatus>> = {
  pending: 'PAY_OUT_STATUS_PENDING',
  committed: 'PAY_OUT_STATUS_COMMITTED',
  rejected: 'PAY_OUT_STATUS_REJECTED',
};

export function toPayOut(record: PayOutRecord): PayOut {
  return {
    payOutId: record.payOutId,
    accountId: record.accountId.toString(),
    amount: formatAmount(record.amountMinor, record.currency),
    currency: record.currency,
    status: statuses[record.status],
    parts: toParts(record.parts, record.currency),
    reference: record.reference ?? '',
    createdAt: record.createdAt.toISOString(),
    decidedAt: record.decidedAt?.toISOString() ?? '',
    // SQL says the same words in lower case.
    rejection: record.rejection?.toUpperCase() ?? '',
    metadataJson: record.metadata ?? '',
    duplicateOf: record.duplicateOf ?? '',
    charge: toCharge(record.charge),
    refunded: record.refundedMinor > 0n ? formatAmount(record.refundedMinor, record.currency) : '',
    refunds: toRefundsMade(record.refunds, record.currency),
    upTo: toUpTo(record.upTo, record.currency),
  };
}

function toUpTo(upTo: UpToRow | undefined, currency: string): UpTo | null {
  if (upTo === undefined) return null;
  return {
    upTo: formatAmount(upTo.upToMinor, currency),
    minimum: formatAmount(upTo.minimumMinor, currency),
    exhausted: upTo.isExhausted,
    unreachableNodes: [...upTo.unreachableNodes],
  };
}

function toCharge(charge: ChargeRow | undefined): Charge | null {
  if (charge === undefined || 'refusal' in charge) return null;
  return { ...charge, unit: charge.unit ?? '' };
}

export function toParts(parts: readonly Taking[], currency: string): PayOutPart[] {
  return parts.map(({ nodeId, amountMinor }) => ({
    nodeId,
    amount: formatAmount(amountMinor, currency),
  }));
}

type Refused = Exclude<
  PayOutVerdict,
  { readonly status: 'committed' | 'begun' | 'short' | 'replayed' | 'account_not_found' }
>;

/** What the node that decides refuses at once, in its own words. */
export function toRefusal(order: PayOutOrder, verdict: Refused): BillingError {
  switch (verdict.status) {
    case 'idempotency_conflict':
      return new BillingError(
        'IDEMPOTENCY_CONFLICT',
        'this idempotency key came before with another request',
      );
    case 'in_progress': {
      const { payOutId } = verdict;
      return new BillingError('IN_PROGRESS', `the first call of pay-out ${payOutId} still runs`, {
        pay_out_id: payOutId,
      });
    }
    case 'account_deleted':
      return accountDeleted(order.accountId);
    case 'account_frozen':
      return accountFrozen(order.accountId);
    case 'currency_mismatch':
      return currencyMismatch(order.accountId, verdict.accountCurrency);
    case 'service_not_found':
      return serviceNotFound(order.serviceId ?? '');
    case 'service_retired':
      return serviceRetired(order.serviceId ?? '');
    case 'nothing_to_charge':
      return invalidRequest('quantity', 'comes to nothing at the price that the service has now');
    case 'charge_out_of_range':
      return invalidRequest('quantity', 'comes to more than one operation may move');
  }
}

/** The node that keeps a pay-out waits for its account's row. */
export function payOutCopying(payOutId: string, accountId: string, nodeId: number): BillingError {
  const openedAt = BigInt(accountId) % 64n;
  return new BillingError(
    'COPY_UNDER_WAY',
    `account ${accountId} of pay-out ${payOutId} is being copied to node ${nodeId} (subscription_from_node${openedAt}_to_node${nodeId})`,
    { account_id: accountId, node_id: openedAt.toString() },
  );
}

export function currencyMismatch(accountId: string, accountCurrency: string): BillingError {
  return new BillingError('CURRENCY_MISMATCH', `account ${accountId} is in ${accountCurrency}`, {
    account_id: accountId,
    account_currency: accountCurrency,
  });
}

export function insufficientLocal(order: PayOutOrder, localMinor: bigint): BillingError {
  return new BillingError(
    'INSUFFICIENT_LOCAL_FUNDS',
    'the part of this datacenter does not cover the amount',
    { available: formatAmount(localMinor, order.currency) },
  );
}

export function stopping(): BillingError {
  return new BillingError('OVERLOADED', 'this coordinator is stopping; nothing was begun');
}

/** Its turn did not come within its deadline. */
export function lateUnbegun(): BillingError {
  return new BillingError('DEADLINE_EXCEEDED', 'not begun within the deadline: nothing moved');
}

/** Others drained the account for as long as the request could wait: nothing was begun for it. */
export function contendedUnbegun(): BillingError {
  return new BillingError(
    'CONTENDED',
    'another drain of the account held its money until the deadline',
  );
}

/** What a drain that paid nothing means to its client. */
export function toDrainRefusal(
  order: PayOutOrder,
  payOutId: string,
  decision: DrainDecision,
): BillingError {
  const facts = { pay_out_id: payOutId };
  const amountOf = (minor: bigint | undefined): string => formatAmount(minor ?? 0n, order.currency);
  switch (decision.verdict) {
    case 'account_deleted':
      return accountDeleted(order.accountId);
    case 'account_frozen':
      return accountFrozen(order.accountId);
    case 'insufficient_funds':
      return new BillingError('INSUFFICIENT_FUNDS', 'the account does not cover the amount', {
        ...facts,
        available: amountOf(decision.availableMinor),
      });
    case 'insufficient_reachable_funds':
      return new BillingError(
        'INSUFFICIENT_REACHABLE_FUNDS',
        'the datacenters that can be reached do not cover the amount',
        {
          ...facts,
          available: amountOf(decision.availableMinor),
          unreachable_nodes: decision.unreachableNodes.join(','),
          stranded: amountOf(decision.strandedMinor),
        },
      );
    case 'contended':
      return new BillingError('CONTENDED', 'others held the money until the deadline', facts);
    case 'deadline_exceeded':
      return new BillingError(
        'DEADLINE_EXCEEDED',
        'not decided within the deadline: nothing moved',
        facts,
      );
    default:
      return new BillingError(
        'OUTCOME_UNKNOWN',
        `the drain of pay-out ${payOutId} is not known any more: ask again under the same key`,
        facts,
      );
  }
}

/** What is said of a pay-out, said of a hold, which is refused as one. */
export function ofHold({ code, message, facts }: BillingError): BillingError {
  const { pay_out_id: holdId, ...more } = facts;
  const text = message.replace('pay-out', 'hold');
  return new BillingError(code, text, holdId === undefined ? more : { ...more, hold_id: holdId });
}

/** Of a pay-out, or of a hold's captures. */
export function toRefundsMade(refunds: readonly RefundMade[], currency: string): PayOutRefund[] {
  return refunds.map(({ refundId, captureId = '', amountMinor, reference = '', createdAt }) => ({
    refundId,
    captureId,
    amount: formatAmount(amountMinor, currency),
    reference,
    createdAt: createdAt.toISOString(),
  }));
}
