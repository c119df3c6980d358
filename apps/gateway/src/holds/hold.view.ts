import type {
  CapturedHold,
  ExtendedHold,
  Hold,
  HoldPart,
  HoldState,
  VoidedHold,
} from '@billing/contracts';
import { describeRejection } from '../pay-outs/pay-out.view.js';

const statuses: Readonly<Record<HoldState, string>> = {
  HOLD_STATE_UNSPECIFIED: 'pending',
  HOLD_STATE_PENDING: 'pending',
  HOLD_STATE_REJECTED: 'rejected',
  HOLD_STATE_OPEN: 'open',
  HOLD_STATE_VOIDED: 'voided',
  HOLD_STATE_OVER: 'over',
};

/** A hold as clients see it: what is empty is left out. */
export function describeHold(hold: Hold): object {
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

export function describeCapture({ captureId, hold, ...capture }: CapturedHold): object {
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

export function describeVoid({ returned, unknown, hold }: VoidedHold): object {
  return { returned, unknown, hold: describeHold(hold) };
}

/** Of a datacenter that has not answered, or holds nothing any more, no time. */
export function describeExtension({ parts, hold }: ExtendedHold): object {
  return {
    parts: parts.map(({ nodeId, heldUntil, over }) => ({
      node: nodeId,
      heldUntil: heldUntil === '' ? null : heldUntil,
      over,
    })),
    hold: describeHold(hold),
  };
}

function describePart({ nodeId, ...part }: HoldPart): object {
  return { node: nodeId, ...part };
}
