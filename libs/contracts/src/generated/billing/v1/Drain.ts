// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export const Drain = {
  DRAIN_UNSPECIFIED: 'DRAIN_UNSPECIFIED',
  DRAIN_ANY: 'DRAIN_ANY',
  DRAIN_LOCAL_ONLY: 'DRAIN_LOCAL_ONLY',
} as const;

export type DrainInput = 'DRAIN_UNSPECIFIED' | 0 | 'DRAIN_ANY' | 1 | 'DRAIN_LOCAL_ONLY' | 2;

export type Drain = (typeof Drain)[keyof typeof Drain];
