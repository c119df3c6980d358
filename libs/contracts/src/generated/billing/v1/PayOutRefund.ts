// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface PayOutRefundInput {
  refundId?: string;
  amount?: string;
  reference?: string;
  createdAt?: string;
  captureId?: string;
}

export interface PayOutRefund {
  refundId: string;
  amount: string;
  reference: string;
  createdAt: string;
  captureId: string;
}
