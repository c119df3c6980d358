// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface OpenAccountRequestInput {
  username?: string;
  currency?: string;
  initialBalance?: string;
  idempotencyKey?: string;
}

export interface OpenAccountRequest {
  username: string;
  currency: string;
  initialBalance: string;
  idempotencyKey: string;
}
