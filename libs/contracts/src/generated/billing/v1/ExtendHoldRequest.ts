// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface ExtendHoldRequestInput {
  holdId?: string;
  heldForMs?: number;
  idempotencyKey?: string;
  homeNodeId?: number;
}

export interface ExtendHoldRequest {
  holdId: string;
  heldForMs: number;
  idempotencyKey: string;
  homeNodeId: number;
}
