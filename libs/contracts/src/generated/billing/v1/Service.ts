// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface ServiceInput {
  id?: string;
  name?: string;
  price?: string;
  currency?: string;
}

export interface Service {
  id: string;
  name: string;
  price: string;
  currency: string;
}
