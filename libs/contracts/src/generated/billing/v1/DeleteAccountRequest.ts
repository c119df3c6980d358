// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface DeleteAccountRequestInput {
  accountId?: string;
  force?: boolean;
  reason?: string;
}

export interface DeleteAccountRequest {
  accountId: string;
  force: boolean;
  reason: string;
}
