// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface DeleteAccountResponseInput {
  alreadyDeleted?: boolean;
}

export interface DeleteAccountResponse {
  alreadyDeleted: boolean;
}
