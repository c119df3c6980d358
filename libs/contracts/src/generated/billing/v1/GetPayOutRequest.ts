// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface GetPayOutRequestInput {
  payOutId?: string;
}

export interface GetPayOutRequest {
  payOutId: string;
}
