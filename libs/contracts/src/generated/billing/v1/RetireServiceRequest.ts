// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface RetireServiceRequestInput {
  serviceId?: string;
}

export interface RetireServiceRequest {
  serviceId: string;
}
