// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface DeleteAccountRequestInput {
  accountId?: string;
  /**
   * Whatever is in it: what is left can be taken out by Operations.CorrectBalance only. Scope operator, too.
   */
  force?: boolean;
  /**
   * With force: why. Up to 500 characters.
   */
  reason?: string;
}

export interface DeleteAccountRequest {
  accountId: string;
  /**
   * Whatever is in it: what is left can be taken out by Operations.CorrectBalance only. Scope operator, too.
   */
  force: boolean;
  /**
   * With force: why. Up to 500 characters.
   */
  reason: string;
}
