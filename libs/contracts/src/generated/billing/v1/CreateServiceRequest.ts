// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface CreateServiceRequestInput {
  name?: string;
  price?: string;
  currency?: string;
  unit?: string;
}

export interface CreateServiceRequest {
  name: string;
  price: string;
  currency: string;
  unit: string;
}
