// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface RetryParkedPayInsRequestInput {
  /**
   * Empty: up to 500, those whose account has arrived first.
   */
  ids?: string[];
  note?: string;
}

export interface RetryParkedPayInsRequest {
  /**
   * Empty: up to 500, those whose account has arrived first.
   */
  ids: string[];
  note: string;
}
