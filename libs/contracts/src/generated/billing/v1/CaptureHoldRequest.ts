// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface CaptureHoldRequestInput {
  holdId?: string;
  amount?: string;
  currency?: string;
  reference?: string;
  metadataJson?: string;
  idempotencyKey?: string;
  homeNodeId?: number;
}

export interface CaptureHoldRequest {
  holdId: string;
  amount: string;
  currency: string;
  reference: string;
  metadataJson: string;
  idempotencyKey: string;
  homeNodeId: number;
}
