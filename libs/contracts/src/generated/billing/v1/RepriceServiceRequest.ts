// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface RepriceServiceRequestInput {
  serviceId?: string;
  price?: string;
  validFrom?: string;
}

export interface RepriceServiceRequest {
  serviceId: string;
  price: string;
  validFrom: string;
}
