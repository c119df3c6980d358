// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface VoidHoldRequestInput {
  holdId?: string;
  idempotencyKey?: string;
  homeNodeId?: number;
}

export interface VoidHoldRequest {
  holdId: string;
  idempotencyKey: string;
  homeNodeId: number;
}
