// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface CorrectDeadLetterRequestInput {
  id?: string;
  note?: string;
  /**
   * Empty: the letter's own; of a conflict one that is made up.
   */
  commandId?: string;
  accountId?: string;
  amount?: string;
  currency?: string;
  /**
   * Empty: none.
   */
  reference?: string;
  /**
   * Empty: none.
   */
  metadataJson?: string;
}

export interface CorrectDeadLetterRequest {
  id: string;
  note: string;
  /**
   * Empty: the letter's own; of a conflict one that is made up.
   */
  commandId: string;
  accountId: string;
  amount: string;
  currency: string;
  /**
   * Empty: none.
   */
  reference: string;
  /**
   * Empty: none.
   */
  metadataJson: string;
}
