// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export const HoldState = {
  HOLD_STATE_UNSPECIFIED: 'HOLD_STATE_UNSPECIFIED',
  HOLD_STATE_PENDING: 'HOLD_STATE_PENDING',
  HOLD_STATE_REJECTED: 'HOLD_STATE_REJECTED',
  HOLD_STATE_OPEN: 'HOLD_STATE_OPEN',
  HOLD_STATE_VOIDED: 'HOLD_STATE_VOIDED',
  HOLD_STATE_OVER: 'HOLD_STATE_OVER',
} as const;

export type HoldStateInput =
  | 'HOLD_STATE_UNSPECIFIED'
  | 0
  | 'HOLD_STATE_PENDING'
  | 1
  | 'HOLD_STATE_REJECTED'
  | 2
  | 'HOLD_STATE_OPEN'
  | 3
  | 'HOLD_STATE_VOIDED'
  | 4
  | 'HOLD_STATE_OVER'
  | 5;

export type HoldState = (typeof HoldState)[keyof typeof HoldState];
