import type {
  AuthorisedHold,
  CapturedHold,
  ExtendedHold,
  Hold,
  HoldState,
  VoidedHold,
} from '@billing/contracts';
import type { HoldAsk, HoldOperationAnswer, HoldPart, HoldRecord } from '@billing/database';
import { formatAmount } from '@billing/money';
import { BillingError } from '../grpc/billing.errors.js';
import {
  currencyMismatch,
  ofHold,
  payOutCopying,
  toRefundsMade,
} from '../pay-outs/pay-out-answers.js';
import { holdNotFound, type HoldOperationOrder, type HoldOrder } from './hold.request.js';

const states: Readonly<Record<HoldRecord['state'], HoldState>> = {
  pending: 'HOLD_STATE_PENDING',
  rejected: 'HOLD_STATE_REJECTED',
  open: 'HOLD_STATE_OPEN',
  voided: 'HOLD_STATE_VOIDED',
  over: 'HOLD_STATE_OVER',
};

const sumOf = <T>(all: readonly T[], minorOf: (one: T) => bigint): bigint =>
  all.reduce((sum, one) => sum + minorOf(one), 0n);

const returnedOf = (part: HoldPart): bigint => part.returnedMinor + part.returningMinor;

/** Empty: nothing was. */
const refundedOf = (minor: bigint, currency: string): string =>
  minor > 0n ? formatAmount(minor, currency) : '';

export function toHold(record: HoldRecord): Hold {
  const { currency, parts } = record;
  const amountOf = (minor: bigint): string => formatAmount(minor, currency);
  return {
    holdId: record.holdId,
    accountId: record.accountId.toString(),
    amount: amountOf(record.amountMinor),
    currency,
    state: states[record.state],
    captured: amountOf(sumOf(parts, ({ capturedMinor }) => capturedMinor)),
    unknown: amountOf(sumOf(parts, ({ unknownMinor }) => unknownMinor)),
    held: amountOf(sumOf(parts, ({ heldMinor }) => heldMinor)),
    returned: amountOf(sumOf(parts, returnedOf)),
    parts: parts.map((part) => ({
      nodeId: part.nodeId,
      amount: amountOf(part.amountMinor),
      captured: amountOf(part.capturedMinor),
      unknown: amountOf(part.unknownMinor),
      held: amountOf(part.heldMinor),
      returned: amountOf(returnedOf(part)),
    })),
    reference: record.reference ?? '',
    createdAt: record.createdAt.toISOString(),
    heldUntil: record.endsAt?.toISOString() ?? '',
    endedAt: record.endedAt?.toISOString() ?? '',
    // SQL says the same words in lower case.
    rejection: record.rejection?.toUpperCase() ?? '',
    metadataJson: record.metadata ?? '',
    refunded: refundedOf(record.refundedMinor, currency),
    refunds: toRefundsMade(record.refunds, currency),
  };
}

export function toAuthorised(
  record: HoldRecord,
  replayed: boolean,
  position: string | undefined,
): AuthorisedHold {
  return { hold: toHold(record), replayed, position: position ?? '' };
}

/** Its account's row is copied anew to its home; whatever was begun is told by a repeat of the key. */
export function holdCopying(holdId: string, accountId: string, nodeId: number): BillingError {
  return ofHold(payOutCopying(holdId, accountId, nodeId));
}

/** A hold that its home's part covered just now. */
export function toHeldByOne(
  order: HoldOrder,
  { payOutId, createdAt, endsAt }: { payOutId: string; createdAt: Date; endsAt: Date },
): HoldRecord {
  const { amountMinor } = order;
  const none = { capturedMinor: 0n, unknownMinor: 0n, returningMinor: 0n, returnedMinor: 0n };
  return {
    ...order,
    holdId: payOutId,
    accountId: BigInt(order.accountId),
    state: 'open',
    rejection: undefined,
    createdAt,
    decidedAt: createdAt,
    endsAt,
    endedAt: undefined,
    parts: [{ ...none, nodeId: order.homeNodeId, amountMinor, heldMinor: amountMinor }],
    refundedMinor: 0n,
    refunds: [],
  };
}

/** What home refuses, or nothing. @returns undefined: it was begun, now or before */
export function findRefusal(
  order: HoldOperationOrder,
  answer: HoldOperationAnswer,
): BillingError | undefined {
  const { hold, leftMinor } = answer;
  const { holdId, kind } = order;
  const amountOf = (minor: bigint): string => formatAmount(minor, hold!.currency);
  const ended = (): Record<string, string> => ({
    hold_id: holdId,
    captured: toHold(hold!).captured,
  });
  switch (answer.status) {
    case 'begun':
      return undefined;
    case 'repeated':
      return findEnd(order, answer);
    case 'idempotency_conflict':
      return new BillingError(
        'IDEMPOTENCY_CONFLICT',
        'this idempotency key came before with another request',
      );
    case 'not_found':
      return holdNotFound(holdId);
    case 'in_progress':
      return new BillingError('IN_PROGRESS', `hold ${holdId} is being authorised`, {
        hold_id: holdId,
      });
    case 'account_copying':
      return holdCopying(holdId, answer.accountId!, order.homeNodeId);
    case 'currency_mismatch':
      return currencyMismatch(hold!.accountId.toString(), hold!.currency);
    case 'hold_voided':
      if (kind === 'void') return undefined;
      return new BillingError('HOLD_VOIDED', `hold ${holdId} was voided`, ended());
    case 'hold_over':
      return new BillingError('HOLD_OVER', `the time of hold ${holdId} is over`, ended());
    case 'hold_exceeded':
      return new BillingError('HOLD_EXCEEDED', `less is left of hold ${holdId}`, {
        hold_id: holdId,
        left: amountOf(leftMinor),
      });
  }
}

/** Of an operation that was begun, once its nodes were asked: every part of it was over, and nothing came of it. */
export function findEnd(
  { kind, holdId }: HoldOperationOrder,
  { asks, hold }: HoldOperationAnswer,
): BillingError | undefined {
  if (kind === 'void' || asks.length === 0) return undefined;
  const isOver = asks.every(
    ({ isAnswered, isOver, gotMinor }) => isAnswered && isOver && gotMinor === 0n,
  );
  if (!isOver) return undefined;
  return new BillingError('HOLD_OVER', `the time of what is left of hold ${holdId} is over`, {
    hold_id: holdId,
    captured: toHold(hold!).captured,
  });
}

/** Home's, and those of whoever has answered. */
function positionOf({ position, donorsPosition }: HoldOperationAnswer): string {
  return [position, donorsPosition].filter((one) => one !== undefined).join(',');
}

/** What of an ask is captured, unknown, and over. */
function shareOf({ isAnswered, askedMinor, gotMinor }: HoldAsk): [bigint, bigint, bigint] {
  return isAnswered ? [gotMinor, 0n, askedMinor - gotMinor] : [0n, askedMinor, 0n];
}

export function toCaptured(answer: HoldOperationAnswer): CapturedHold {
  const { currency } = answer.hold!;
  const amountOf = (minor: bigint): string => formatAmount(minor, currency);
  const shares = answer.asks.map(shareOf);
  return {
    captureId: answer.operationId!,
    captured: amountOf(sumOf(shares, ([captured]) => captured)),
    unknown: amountOf(sumOf(shares, ([, unknown]) => unknown)),
    over: amountOf(sumOf(shares, ([, , over]) => over)),
    parts: answer.asks.map(({ nodeId }, index) => {
      const [captured, unknown, over] = shares[index]!;
      return {
        nodeId,
        captured: amountOf(captured),
        unknown: amountOf(unknown),
        over: amountOf(over),
      };
    }),
    hold: toHold(answer.hold!),
    replayed: answer.status === 'repeated',
    position: positionOf(answer),
    refunded: refundedOf(answer.refundedMinor, currency),
  };
}

export function toVoided(answer: HoldOperationAnswer): VoidedHold {
  const { currency } = answer.hold!;
  const unanswered = answer.asks.filter(({ isAnswered }) => !isAnswered);
  return {
    returned: formatAmount(
      sumOf(answer.asks, ({ gotMinor }) => gotMinor),
      currency,
    ),
    unknown: formatAmount(
      sumOf(unanswered, ({ askedMinor }) => askedMinor),
      currency,
    ),
    hold: toHold(answer.hold!),
    replayed: answer.status !== 'begun',
    position: positionOf(answer),
  };
}

export function toExtended(answer: HoldOperationAnswer): ExtendedHold {
  return {
    parts: answer.asks.map(({ nodeId, heldUntil, isOver }) => ({
      nodeId,
      heldUntil: heldUntil?.toISOString() ?? '',
      over: isOver,
    })),
    hold: toHold(answer.hold!),
    replayed: answer.status === 'repeated',
  };
}
