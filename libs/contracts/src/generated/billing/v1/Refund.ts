// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface RefundInput {
  refundId?: string;
  payOutId?: string;
  accountId?: string;
  amount?: string;
  currency?: string;
  refunded?: string;
  remaining?: string;
  reference?: string;
  metadataJson?: string;
  createdAt?: string;
  holdId?: string;
  captureId?: string;
}

export interface Refund {
  refundId: string;
  payOutId: string;
  accountId: string;
  amount: string;
  currency: string;
  refunded: string;
  remaining: string;
  reference: string;
  metadataJson: string;
  createdAt: string;
  holdId: string;
  captureId: string;
}
