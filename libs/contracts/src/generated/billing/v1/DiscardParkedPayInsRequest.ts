// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface DiscardParkedPayInsRequestInput {
  ids?: string[];
  note?: string;
}

export interface DiscardParkedPayInsRequest {
  ids: string[];
  note: string;
}
