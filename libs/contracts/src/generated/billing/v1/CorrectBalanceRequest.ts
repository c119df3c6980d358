// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface CorrectBalanceRequestInput {
  accountId?: string;
  /**
   * Not zero, such as "12.50" or "-12.50".
   */
  amount?: string;
  currency?: string;
  /**
   * 1 to 500 characters; the first 64 are shown in the account's history.
   */
  reason?: string;
  idempotencyKey?: string;
}

export interface CorrectBalanceRequest {
  accountId: string;
  /**
   * Not zero, such as "12.50" or "-12.50".
   */
  amount: string;
  currency: string;
  /**
   * 1 to 500 characters; the first 64 are shown in the account's history.
   */
  reason: string;
  idempotencyKey: string;
}
