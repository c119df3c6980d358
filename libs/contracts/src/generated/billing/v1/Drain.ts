// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export const Drain = {
  DRAIN_UNSPECIFIED: 'DRAIN_UNSPECIFIED',
  /**
   * Other datacenters give what this one lacks.
   */
  DRAIN_ANY: 'DRAIN_ANY',
  /**
   * This datacenter's part covers the amount, or the pay-out is refused.
   */
  DRAIN_LOCAL_ONLY: 'DRAIN_LOCAL_ONLY',
} as const;

export type DrainInput =
  | 'DRAIN_UNSPECIFIED'
  | 0
  /**
   * Other datacenters give what this one lacks.
   */
  | 'DRAIN_ANY'
  | 1
  /**
   * This datacenter's part covers the amount, or the pay-out is refused.
   */
  | 'DRAIN_LOCAL_ONLY'
  | 2;

export type Drain = (typeof Drain)[keyof typeof Drain];
