// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface ThawAccountRequestInput {
  accountId?: string;
  debits?: boolean;
  credits?: boolean;
  reason?: string;
  idempotencyKey?: string;
}

export interface ThawAccountRequest {
  accountId: string;
  debits: boolean;
  credits: boolean;
  reason: string;
  idempotencyKey: string;
}
