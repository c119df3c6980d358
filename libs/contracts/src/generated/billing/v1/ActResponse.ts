// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface ActResponseInput {
  id?: string;
  result?: string;
  reason?: string;
  detail?: string;
}

export interface ActResponse {
  id: string;
  result: string;
  reason: string;
  detail: string;
}
