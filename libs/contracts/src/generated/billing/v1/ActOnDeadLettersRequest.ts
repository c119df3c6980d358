// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface ActOnDeadLettersRequestInput {
  /**
   * replay or discard.
   */
  act?: string;
  ids?: string[];
  note?: string;
}

export interface ActOnDeadLettersRequest {
  /**
   * replay or discard.
   */
  act: string;
  ids: string[];
  note: string;
}
