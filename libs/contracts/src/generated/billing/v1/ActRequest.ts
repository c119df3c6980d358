// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface ActRequestInput {
  id?: string;
  note?: string;
}

export interface ActRequest {
  id: string;
  note: string;
}
