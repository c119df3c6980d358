// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface DeleteAccountResponseInput {
  alreadyDeleted?: boolean;
  position?: string;
}

export interface DeleteAccountResponse {
  alreadyDeleted: boolean;
  position: string;
}
