import type {
  CapturedHold,
  ExtendedHold,
  Hold,
  HoldPart,
  HoldState,
  PayOutRefund,
  Refund,
  VoidedHold,
} from '@billing/contracts';
import { Type } from 'typebox';
import {
  accountIdSchema,
  metadataSchema,
  nodeSchema,
  orNull,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
  uuidSchema,
  type View,
} from '../http/field-schemas.js';
import { describeRefundOf, describeRejection } from '../pay-outs/pay-out.view.js';

const partView = Type.Object(
  {
    node: nodeSchema,
    amount: sumSchema,
    captured: sumSchema,
    unknown: sumSchema,
    held: sumSchema,
    returned: sumSchema,
  },
  { title: 'HoldPart' },
);

const refundOfView = Type.Object(
  {
    refundId: uuidSchema,
    captureId: uuidSchema,
    amount: sumSchema,
    reference: Type.Optional(Type.String()),
    createdAt: timeSchema,
  },
  { title: 'HoldRefund' },
);

export const captureRefundView = Type.Object(
  {
    refundId: uuidSchema,
    holdId: uuidSchema,
    captureId: uuidSchema,
    accountId: accountIdSchema,
    amount: sumSchema,
    currency: shownCurrencySchema,
    refunded: sumSchema,
    remaining: sumSchema,
    reference: Type.Optional(Type.String()),
    metadata: Type.Optional(metadataSchema),
    createdAt: timeSchema,
  },
  { title: 'CaptureRefund' },
);

export const holdView = Type.Object(
  {
    holdId: uuidSchema,
    accountId: accountIdSchema,
    amount: sumSchema,
    currency: shownCurrencySchema,
    status: Type.Enum(['pending', 'rejected', 'open', 'voided', 'over']),
    captured: sumSchema,
    unknown: sumSchema,
    held: sumSchema,
    returned: sumSchema,
    parts: Type.Array(partView, {
      description: 'What each datacenter gave, and what became of it.',
    }),
    reference: Type.Optional(Type.String()),
    metadata: Type.Optional(metadataSchema),
    createdAt: timeSchema,
    heldUntil: Type.Optional(timeSchema),
    endedAt: Type.Optional(timeSchema),
    rejection: Type.Optional(Type.String()),
    refunded: Type.Optional(sumSchema),
    refunds: Type.Optional(
      Type.Array(refundOfView, { description: 'The newest 200, the oldest of them first.' }),
    ),
  },
  { title: 'Hold' },
);

const capturePartView = Type.Object(
  { node: nodeSchema, captured: sumSchema, unknown: sumSchema, over: sumSchema },
  { title: 'CapturePart' },
);

export const captureView = Type.Object(
  {
    captureId: uuidSchema,
    captured: sumSchema,
    unknown: sumSchema,
    over: sumSchema,
    refunded: Type.Optional(sumSchema),
    parts: Type.Array(capturePartView),
    hold: holdView,
  },
  { title: 'Capture' },
);

export const voidView = Type.Object(
  { returned: sumSchema, unknown: sumSchema, hold: holdView },
  { title: 'VoidedHold' },
);

export const extensionView = Type.Object(
  {
    parts: Type.Array(
      Type.Object(
        { node: nodeSchema, heldUntil: orNull(timeSchema), over: Type.Boolean() },
        { title: 'ExtendedPart' },
      ),
    ),
    hold: holdView,
  },
  { title: 'ExtendedHold' },
);

const statuses: Readonly<Record<HoldState, View<typeof holdView>['status']>> = {
  HOLD_STATE_UNSPECIFIED: 'pending',
  HOLD_STATE_PENDING: 'pending',
  HOLD_STATE_REJECTED: 'rejected',
  HOLD_STATE_OPEN: 'open',
  HOLD_STATE_VOIDED: 'voided',
  HOLD_STATE_OVER: 'over',
};

/** A hold as clients see it: what is empty is left out. */
export function describeHold(hold: Hold): View<typeof holdView> {
  const { reference, heldUntil, endedAt, rejection, refunded, refunds } = hold;
  return {
    holdId: hold.holdId,
    accountId: hold.accountId,
    amount: hold.amount,
    currency: hold.currency,
    status: statuses[hold.state],
    captured: hold.captured,
    unknown: hold.unknown,
    held: hold.held,
    returned: hold.returned,
    parts: hold.parts.map(describePart),
    ...(reference !== '' && { reference }),
    createdAt: hold.createdAt,
    ...(heldUntil !== '' && { heldUntil }),
    ...(endedAt !== '' && { endedAt }),
    ...(rejection !== '' && { rejection: describeRejection(rejection) }),
    ...(refunded !== '' && { refunded, refunds: refunds.map(describeRefundOfCapture) }),
  };
}

export function describeCapture({
  captureId,
  hold,
  ...capture
}: CapturedHold): View<typeof captureView> {
  const { captured, unknown, over, refunded, parts } = capture;
  return {
    captureId,
    captured,
    unknown,
    over,
    ...(refunded !== '' && { refunded }),
    parts: parts.map(({ nodeId, ...part }) => ({ node: nodeId, ...part })),
    hold: describeHold(hold),
  };
}

function describeRefundOfCapture(refund: PayOutRefund): View<typeof refundOfView> {
  return { captureId: refund.captureId, ...describeRefundOf(refund) };
}

/** A refund of a capture as clients see it: what is empty is left out. */
export function describeCaptureRefund(refund: Refund): View<typeof captureRefundView> {
  const { reference } = refund;
  return {
    refundId: refund.refundId,
    holdId: refund.holdId,
    captureId: refund.captureId,
    accountId: refund.accountId,
    amount: refund.amount,
    currency: refund.currency,
    refunded: refund.refunded,
    remaining: refund.remaining,
    ...(reference !== '' && { reference }),
    createdAt: refund.createdAt,
  };
}

export function describeVoid({ returned, unknown, hold }: VoidedHold): View<typeof voidView> {
  return { returned, unknown, hold: describeHold(hold) };
}

/** Of a datacenter that has not answered, or holds nothing any more, no time. */
export function describeExtension({ parts, hold }: ExtendedHold): View<typeof extensionView> {
  return {
    parts: parts.map(({ nodeId, heldUntil, over }) => ({
      node: nodeId,
      heldUntil: heldUntil === '' ? null : heldUntil,
      over,
    })),
    hold: describeHold(hold),
  };
}

function describePart({ nodeId, ...part }: HoldPart): View<typeof partView> {
  return { node: nodeId, ...part };
}
