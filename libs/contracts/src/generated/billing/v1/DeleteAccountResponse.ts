// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface DeleteAccountResponseInput {
  /**
   * True when it was deleted before this call: a repeat is no error.
   */
  alreadyDeleted?: boolean;
}

export interface DeleteAccountResponse {
  /**
   * True when it was deleted before this call: a repeat is no error.
   */
  alreadyDeleted: boolean;
}
