// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface OpenAccountResponseInput {
  accountId?: string;
  /**
   * True when an earlier call under this key opened the account.
   */
  replayed?: boolean;
}

export interface OpenAccountResponse {
  accountId: string;
  /**
   * True when an earlier call under this key opened the account.
   */
  replayed: boolean;
}
