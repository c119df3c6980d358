// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface ChargeInput {
  serviceId?: string;
  quantity?: string;
  price?: string;
  unit?: string;
}

export interface Charge {
  serviceId: string;
  quantity: string;
  price: string;
  unit: string;
}
