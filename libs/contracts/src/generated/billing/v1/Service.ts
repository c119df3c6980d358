// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  ServicePriceInput as _billing_v1_ServicePriceInput,
  ServicePrice as _billing_v1_ServicePrice,
} from '../../billing/v1/ServicePrice.js';

export interface ServiceInput {
  id?: string;
  name?: string;
  price?: string;
  currency?: string;
  unit?: string;
  retiredAt?: string;
  prices?: _billing_v1_ServicePriceInput[];
}

export interface Service {
  id: string;
  name: string;
  price: string;
  currency: string;
  unit: string;
  retiredAt: string;
  prices: _billing_v1_ServicePrice[];
}
