import type {
  CapturedHold,
  ExtendedHold,
  Hold,
  HoldPart,
  HoldState,
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
import { describeRejection } from '../pay-outs/pay-out.view.js';

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
  const { reference, heldUntil, endedAt, rejection } = hold;
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
  };
}

export function describeCapture({
  captureId,
  hold,
  ...capture
}: CapturedHold): View<typeof captureView> {
  const { captured, unknown, over, parts } = capture;
  return {
    captureId,
    captured,
    unknown,
    over,
    parts: parts.map(({ nodeId, ...part }) => ({ node: nodeId, ...part })),
    hold: describeHold(hold),
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
