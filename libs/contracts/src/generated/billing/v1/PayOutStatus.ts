// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export const PayOutStatus = {
  PAY_OUT_STATUS_UNSPECIFIED: 'PAY_OUT_STATUS_UNSPECIFIED',
  PAY_OUT_STATUS_PENDING: 'PAY_OUT_STATUS_PENDING',
  PAY_OUT_STATUS_COMMITTED: 'PAY_OUT_STATUS_COMMITTED',
  PAY_OUT_STATUS_REJECTED: 'PAY_OUT_STATUS_REJECTED',
} as const;

export type PayOutStatusInput =
  | 'PAY_OUT_STATUS_UNSPECIFIED'
  | 0
  | 'PAY_OUT_STATUS_PENDING'
  | 1
  | 'PAY_OUT_STATUS_COMMITTED'
  | 2
  | 'PAY_OUT_STATUS_REJECTED'
  | 3;

export type PayOutStatus = (typeof PayOutStatus)[keyof typeof PayOutStatus];
