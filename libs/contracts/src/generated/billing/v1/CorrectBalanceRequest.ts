// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface CorrectBalanceRequestInput {
  accountId?: string;
  amount?: string;
  currency?: string;
  reason?: string;
  idempotencyKey?: string;
}

export interface CorrectBalanceRequest {
  accountId: string;
  amount: string;
  currency: string;
  reason: string;
  idempotencyKey: string;
}
