// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface ActRequestInput {
  id?: string;
  /**
   * Up to 500 characters.
   */
  note?: string;
}

export interface ActRequest {
  id: string;
  /**
   * Up to 500 characters.
   */
  note: string;
}
