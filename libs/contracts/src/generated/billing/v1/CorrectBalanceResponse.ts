// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface CorrectBalanceResponseInput {
  /**
   * The operation in the account's history.
   */
  correctionId?: string;
  /**
   * This datacenter's part after it; of a repeat, as it is now.
   */
  balance?: string;
  replayed?: boolean;
}

export interface CorrectBalanceResponse {
  /**
   * The operation in the account's history.
   */
  correctionId: string;
  /**
   * This datacenter's part after it; of a repeat, as it is now.
   */
  balance: string;
  replayed: boolean;
}
