// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface ServicePriceInput {
  validFrom?: string;
  price?: string;
}

export interface ServicePrice {
  validFrom: string;
  price: string;
}
