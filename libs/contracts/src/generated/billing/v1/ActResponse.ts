// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface ActResponseInput {
  id?: string;
  /**
   * applied, duplicate, parked, discarded, refused; of many acts not_found, resolved and unavailable, too.
   */
  result?: string;
  /**
   * Of a refusal: a dead letter's reason.
   */
  reason?: string;
  detail?: string;
}

export interface ActResponse {
  id: string;
  /**
   * applied, duplicate, parked, discarded, refused; of many acts not_found, resolved and unavailable, too.
   */
  result: string;
  /**
   * Of a refusal: a dead letter's reason.
   */
  reason: string;
  detail: string;
}
