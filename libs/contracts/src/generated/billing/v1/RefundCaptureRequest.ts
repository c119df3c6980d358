// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface RefundCaptureRequestInput {
  holdId?: string;
  captureId?: string;
  amount?: string;
  currency?: string;
  reference?: string;
  metadataJson?: string;
  idempotencyKey?: string;
  homeNodeId?: number;
}

export interface RefundCaptureRequest {
  holdId: string;
  captureId: string;
  amount: string;
  currency: string;
  reference: string;
  metadataJson: string;
  idempotencyKey: string;
  homeNodeId: number;
}
