// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface GetHoldRequestInput {
  holdId?: string;
}

export interface GetHoldRequest {
  holdId: string;
}
